/*
 * watching.c - a run that goes on: when the tool is asked to look at it.
 */
#include "browse/watch/watching.h"

#include <stddef.h>
#include <unistd.h>

#include "base/nanoseconds.h"
#include "channel/channel.h"
#include "terminal/screen.h"

#define MILLISECOND UINT64_C(1000000)

/* Between which the keys choose. */
static const uint64_t periods[] = {100 * MILLISECOND, 200 * MILLISECOND, 500 * MILLISECOND,
    1000 * MILLISECOND, 2000 * MILLISECOND, 5000 * MILLISECOND, 10000 * MILLISECOND,
    30000 * MILLISECOND, 60000 * MILLISECOND};

#define PERIODS (sizeof periods / sizeof *periods)

void watching_finish(struct watching *watching)
{
    if (watching->socket >= 0)
        close(watching->socket);
    pane_finish(&watching->pane);
    folds_finish(&watching->folds);
    trail_finish(&watching->selected);
}

static void lose_tool(struct watching *watching)
{
    close(watching->socket);
    watching->socket = -1;
    watching->is_asked = false;
}

static void ask(struct watching *watching)
{
    const struct channel_request request = {.columns = (uint32_t)screen_columns(),
        .waits = (uint32_t)pane_waits(),
        .has_colors = watching->has_colors};
    watching->asked_ns = now_ns();
    watching->is_asked = true;
    if (channel_ask(watching->socket, &request) != 0)
        lose_tool(watching);
}

/* Returns how many milliseconds there are until the next look; -1: there is none. */
static int time_left(const struct watching *watching)
{
    uint64_t now = now_ns(), due = watching->asked_ns + watching->every_ns;
    if (watching->socket < 0 || watching->is_frozen || watching->has_ended || watching->is_asked)
        return -1;
    if (watching->asked_ns == 0 || due <= now)
        return 0;
    return (int)((due - now + MILLISECOND - 1) / MILLISECOND);
}

int watching_wait(struct watching *watching)
{
    for (;;) {
        int left = time_left(watching);
        if (left == 0)
            ask(watching);
        int key = screen_wait_key(
            watching->is_asked ? watching->socket : -1, left == 0 ? time_left(watching) : left);
        if (key != SCREEN_TIME)
            return key;
    }
}

bool watching_take(struct watching *watching, struct channel_answer *answer)
{
    int error = channel_take_answer(watching->socket, answer);
    watching->is_asked = false;
    if (error) {
        lose_tool(watching);
        return false;
    }
    watching->has_ended = answer->has_ended;
    return true;
}

/* After that, the period begins anew. */
void watching_freeze(struct watching *watching, bool is_frozen)
{
    watching->is_frozen = is_frozen;
    watching->skips_period = !is_frozen;
    if (!is_frozen)
        watching->asked_ns = 0;
}

void watching_change_period(struct watching *watching, bool is_longer)
{
    size_t at = 0;
    while (at < PERIODS && periods[at] < watching->every_ns)
        at++;
    bool is_one = at < PERIODS && periods[at] == watching->every_ns;
    if (is_longer && at + is_one < PERIODS)
        watching->every_ns = periods[at + is_one];
    if (!is_longer && at > 0)
        watching->every_ns = periods[at - 1];
}
