/*
 * ends.c - notices when processes of a run end, other than the program itself.
 */
#include "session/ends.h"

#include <dirent.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/nanoseconds.h"
#include "session/presence.h"
#include "session/session.h"

#define WATCHED_MAX 256
#define LIVES_MAX   1000
#define PAUSE_MIN   UINT64_C(100000000)  /* ns until the first look; each one is twice as long, */
#define PAUSE_MAX   UINT64_C(1000000000) /* up to this */
#define DYING_MS    20
#define DYING       (UINT64_C(1000000) * DYING_MS)
#define GRAIN       UINT64_C(50000000) /* ns: of the times of file systems */

struct watched {
    int descriptor;           /* pidfd */
    struct process_life life; /* as of the last look */
};

struct ends {
    const struct session *session;
    int program;
    int events; /* epoll; -1: nothing is watched yet */
    size_t watched_count, life_count;
    uint64_t due_ns, pause_ns;
    uint64_t changed_ns;     /* of the directory, at the last look */
    struct watched *watched; /* the arrays are made for the first look: most runs are shorter */
    struct process_life *lives;
};

struct ends *ends_begin(const struct session *session, int program)
{
    struct ends *ends = calloc(1, sizeof *ends);
    if (ends == NULL)
        return NULL;
    ends->session = session;
    ends->program = program;
    ends->events = -1;
    ends->pause_ns = PAUSE_MIN;
    ends->due_ns = now_ns() + PAUSE_MIN;
    return ends;
}

int ends_descriptor(const struct ends *ends)
{
    return ends ? ends->events : -1;
}

int ends_pause(const struct ends *ends)
{
    uint64_t now = now_ns();
    if (ends == NULL)
        return -1;
    return ends->due_ns > now ? (int)((ends->due_ns - now) / 1000000 + 1) : 0;
}

/* ---- those that have ended ---- */

static void forget(struct ends *ends, struct watched *watched)
{
    close(watched->descriptor); /* epoll forgets it, too */
    *watched = ends->watched[--ends->watched_count];
}

/* The parent may have waited for it already; then what was seen last stays. (The number may even be
 * another process's, but that one has not ended.) */
static void note_end(struct ends *ends, struct watched *watched)
{
    struct process_life life = watched->life, last = life;
    uint64_t ended_ns = now_ns();
    if (process_time_look(&last, life.pid) && last.is_whole)
        life = last;
    life.ended_ns = ended_ns;
    if (ends->life_count < LIVES_MAX)
        ends->lives[ends->life_count++] = life;
    forget(ends, watched);
}

static void note_ends(struct ends *ends)
{
    struct epoll_event events[16];
    int count = ends->events < 0 ? 0 : epoll_wait(ends->events, events, 16, 0);
    for (int i = 0; i < count; i++)
        for (size_t k = ends->watched_count; k-- > 0;)
            if (ends->watched[k].descriptor == events[i].data.fd)
                note_end(ends, &ends->watched[k]);
}

/* ---- those that have begun ---- */

static bool is_of_run(const struct ends *ends, int pid)
{
    char *mark = presence_mark(ends->session);
    bool is_of = mark && presence_of(mark, pid) == PRESENCE_CERTAIN;
    free(mark);
    return is_of;
}

static bool ends_is_watched(const struct ends *ends, int pid)
{
    for (size_t i = 0; i < ends->watched_count; i++)
        if (ends->watched[i].life.pid == pid)
            return true;
    return false;
}

/* The pid may be another process's by now, or one of another namespace. The descriptor holds the
 * process, so what is found out after that is true of it. */
static void watch(struct ends *ends, int pid)
{
    int descriptor = ends->watched_count < WATCHED_MAX ? (int)syscall(SYS_pidfd_open, pid, 0) : -1;
    struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};
    if (descriptor < 0)
        return;
    struct watched *place = &ends->watched[ends->watched_count++];
    *place = (struct watched){.descriptor = descriptor};
    if (ends->events < 0)
        ends->events = epoll_create1(EPOLL_CLOEXEC);
    if (!is_of_run(ends, pid) || !process_time_look(&place->life, pid) ||
        epoll_ctl(ends->events, EPOLL_CTL_ADD, descriptor, &event) != 0)
        forget(ends, place);
}

/* Whether a file has come into the directory since the last look. The time of the change is not
 * exact: something may come right after a look, and have the same time. */
static bool has_changed(struct ends *ends)
{
    struct stat status;
    if (stat(ends->session->directory, &status) != 0)
        return false;
    uint64_t changed_ns = (uint64_t)status.st_mtim.tv_sec * 1000000000 +
                          (uint64_t)status.st_mtim.tv_nsec;
    bool is_new = changed_ns != ends->changed_ns;
    if (changed_ns + GRAIN < clock_ns(CLOCK_REALTIME))
        ends->changed_ns = changed_ns;
    return is_new;
}

static void watch_new(struct ends *ends)
{
    DIR *entries = opendir(ends->session->directory);
    if (entries == NULL)
        return;
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        int pid = session_is_trace(entry->d_name) ? atoi(entry->d_name) : 0;
        if (pid > 0 && pid != ends->program && !ends_is_watched(ends, pid))
            watch(ends, pid);
    }
    closedir(entries);
}

/* ---- the whole ---- */

static bool ends_has_room(struct ends *ends)
{
    if (ends->watched == NULL)
        ends->watched = calloc(WATCHED_MAX, sizeof *ends->watched);
    if (ends->lives == NULL)
        ends->lives = calloc(LIVES_MAX, sizeof *ends->lives);
    return ends->watched && ends->lives;
}

static void look_at_watched(struct ends *ends)
{
    for (size_t i = 0; i < ends->watched_count; i++)
        process_time_look(&ends->watched[i].life, ends->watched[i].life.pid);
}

void ends_look(struct ends *ends)
{
    if (ends == NULL)
        return;
    note_ends(ends);
    if (ends_pause(ends) > 0)
        return;
    look_at_watched(ends);
    if (ends_has_room(ends) && has_changed(ends))
        watch_new(ends);
    ends->pause_ns = ends->pause_ns * 2 < PAUSE_MAX ? ends->pause_ns * 2 : PAUSE_MAX;
    ends->due_ns = now_ns() + ends->pause_ns;
}

static bool is_any_dying(const struct ends *ends)
{
    for (size_t i = 0; i < ends->watched_count; i++)
        if (!is_of_run(ends, ends->watched[i].life.pid))
            return true;
    return false;
}

/* A process that was killed together with the program may have lost its memory already, and still
 * not have ended. */
static void await_dying(struct ends *ends)
{
    struct pollfd polled = {ends->events, POLLIN, 0};
    uint64_t until = now_ns() + DYING;
    note_ends(ends);
    while (is_any_dying(ends) && now_ns() < until && poll(&polled, 1, DYING_MS) > 0)
        note_ends(ends);
}

size_t ends_finish(struct ends *ends, struct process_life **lives)
{
    *lives = NULL;
    if (ends == NULL)
        return 0;
    await_dying(ends);
    while (ends->watched_count > 0)
        forget(ends, &ends->watched[0]);
    if (ends->events >= 0)
        close(ends->events);
    size_t count = ends->life_count;
    *lives = ends->lives;
    free(ends->watched);
    free(ends);
    return count;
}
