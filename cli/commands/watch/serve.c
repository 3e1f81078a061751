/*
 * serve.c - looks at a run whenever the browser asks.
 *
 * The terminal is the browser's. So messages go to a file in memory, and the first line of it into
 * the answer.
 */
#include "commands/watch/serve.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "channel/channel.h"
#include "commands/record.h"
#include "commands/watch/look.h"
#include "options/options.h"

struct server {
    struct watch *watch;
    const struct options *options;
    int messages; /* a file in memory; -1: they are lost */
};

static int make_file(void)
{
    return memfd_create("scoped-trace", MFD_CLOEXEC);
}

static void keep_messages(struct server *server)
{
    server->messages = make_file();
    if (server->messages >= 0)
        dup2(server->messages, STDERR_FILENO);
}

/* Takes the first line without its prefix. */
static void take_messages(const struct server *server, char *text, size_t size)
{
    static const char prefix[] = "scoped-trace: ";
    fflush(stderr);
    ssize_t got = pread(server->messages, text, size - 1, 0);
    text[got > 0 ? got : 0] = '\0';
    text[strcspn(text, "\n")] = '\0';
    if (strncmp(text, prefix, sizeof prefix - 1) == 0)
        memmove(text, text + sizeof prefix - 1, strlen(text) - (sizeof prefix - 1) + 1);
    if (ftruncate(server->messages, 0) == 0)
        lseek(server->messages, 0, SEEK_SET);
}

/* Returns a saved file, or -1. */
static int save_period(struct record *period)
{
    int fd = make_file();
    if (fd < 0 || record_write(period, fd) == 0)
        return fd;
    close(fd);
    return -1;
}

static struct options options_for_pane(
    const struct server *server, const struct channel_request *request)
{
    struct options options = *server->options;
    options.page_columns = request->columns;
    options.color = request->has_colors ? COLOR_ALWAYS : COLOR_NEVER;
    options.is_brief = true;
    options.wish.has_limit = true;
    options.wish.is_all = false;
    options.wish.view.lines = request->waits;
    return options;
}

/* Returns a file with text, or -1. */
static int print_now(const struct server *server, const struct channel_request *request)
{
    const struct options options = options_for_pane(server, request);
    int fd = make_file(), copy = fd < 0 ? -1 : dup(fd);
    FILE *out = copy < 0 ? NULL : fdopen(copy, "w");
    int error = out ? live_run_print(&server->watch->live, &options, out) : -errno;
    if (out)
        fclose(out);
    if (fd < 0 || error == 0)
        return fd;
    close(fd);
    return -1;
}

static struct channel_answer answer_to(
    const struct server *server, const struct channel_request *request)
{
    struct channel_answer answer = {.period_fd = -1, .now_fd = -1};
    struct record period;
    int error = watch_look(server->watch, &period);
    if (period.saved.run.is_period)
        answer.period_fd = save_period(&period);
    watch_forget(&period);
    answer.has_ended = error == -ESRCH;
    if (!answer.has_ended)
        answer.now_fd = print_now(server, request);
    take_messages(server, answer.problem, sizeof answer.problem);
    return answer;
}

static void close_files(const struct channel_answer *answer)
{
    if (answer->period_fd >= 0)
        close(answer->period_fd);
    if (answer->now_fd >= 0)
        close(answer->now_fd);
}

void watch_serve(struct watch *watch, const struct options *options, int socket)
{
    struct server server = {.watch = watch, .options = options};
    struct channel_request request;
    keep_messages(&server);
    while (channel_take_request(socket, &request) == 0) {
        struct channel_answer answer = answer_to(&server, &request);
        int error = channel_answer(socket, &answer);
        close_files(&answer);
        if (error)
            return;
    }
}
