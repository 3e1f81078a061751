/*
 * which_run.c - the run that the user means by "last", a number, a process id, or a path.
 */
#include "commands/which_run.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/message.h"
#include "saved/kept.h"
#include "saved/saved.h"
#include "session/notes.h"
#include "session/processes.h"
#include "session/session.h"

#define LIST_HINT "scoped-trace report lists the runs"

static int set(struct which_run *run, const char *path, bool is_session, bool is_kept)
{
    *run = (struct which_run){strdup(path), is_session, is_kept};
    return run->path ? 0 : -ENOMEM;
}

void which_run_finish(struct which_run *run)
{
    free(run->path);
    *run = (struct which_run){0};
}

/* Returns the number, or 0: it is none. */
static unsigned number_in(const char *which)
{
    char *end;
    if (which[0] < '0' || which[0] > '9')
        return 0;
    unsigned long number = strtoul(which, &end, 10);
    return *end == '\0' && number <= INT_MAX ? (unsigned)number : 0;
}

/* ---- sessions ---- */

struct search {
    int pid;
    char *found, *other; /* directories; `other`: a second one that is as good */
    bool is_running;     /* that one */
};

bool which_run_has(const struct session *session, int pid)
{
    struct notes notes = {.tool = 0};
    struct session_traces traces;
    /* The traces tell its processes also if the notes are damaged, or another version's. */
    bool is_found = notes_read(&notes, session->directory) == 0 &&
                    (notes.tool == pid || notes.life.pid == pid);
    notes_finish(&notes);
    if (is_found || session_traces(session, &traces) != 0)
        return is_found;
    for (size_t i = 0; i < traces.count && !is_found; i++)
        is_found = traces.list[i].pid == pid;
    session_traces_finish(&traces);
    return is_found;
}

/* A process id may be used again: a session whose processes are running is meant, if there is one.
 */
static void look_at(void *argument, const struct session *session)
{
    struct search *search = argument;
    struct processes running = {0};
    if (!which_run_has(session, search->pid))
        return;
    bool is_running = processes_list(&running, session) == 0 && processes_is_any(&running);
    processes_finish(&running);
    if (search->found && is_running < search->is_running)
        return;
    if (search->found == NULL || is_running > search->is_running) {
        free(search->found);
        free(search->other);
        search->found = strdup(session->place);
        search->other = NULL;
    } else if (search->other == NULL) {
        search->other = strdup(session->place);
    }
    search->is_running = is_running;
}

/* ---- kept runs ---- */

static const struct kept_run *find_number(const struct kept_runs *kept, unsigned number)
{
    for (size_t i = 0; i < kept->count; i++)
        if (kept->list[i].number == number)
            return &kept->list[i];
    return NULL;
}

static bool is_of_program(const struct kept_run *run, int pid)
{
    struct saved saved = {0};
    const char *why;
    int fd = open(run->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    bool is_found = fd >= 0 && saved_read_run(fd, &saved, &why) == 0 &&
                    (saved.run.program == pid || saved.run.tool == pid);
    if (fd >= 0)
        close(fd);
    saved_finish(&saved);
    return is_found;
}

/* Takes the kept run with that process id. Returns -ENOENT if there is none. */
static int choose_by_program(
    struct which_run *run, const struct kept_runs *kept, int pid, char **problem)
{
    const struct kept_run *found = NULL;
    for (size_t i = 0; i < kept->count; i++) {
        if (!is_of_program(&kept->list[i], pid))
            continue;
        if (found)
            return message_problem(problem, -EINVAL,
                "'%d' was a process of the kept runs %u and %u: name one by its number", pid,
                found->number, kept->list[i].number);
        found = &kept->list[i];
    }
    return found ? set(run, found->path, false, true) : -ENOENT;
}

int which_run_explain(const char *place, int error, char **problem)
{
    const char *why = error == -ENOENT ? "no run of scoped-trace has left a trace there"
                      : error == -EPROTO
                          ? "it was written by another version of scoped-trace, or is damaged"
                          : strerror(-error);
    return message_problem(problem, error, "cannot read the trace in '%s': %s", place, why);
}

/* ---- all of them ---- */

static int choose(struct which_run *run, const struct kept_runs *kept, const struct search *search,
    char **problem)
{
    unsigned number = (unsigned)search->pid;
    const struct kept_run *numbered = find_number(kept, number);
    if (numbered && search->found)
        return message_problem(problem, -EINVAL,
            "'%u' is the number of a kept run, and a process of another run; name '%s' or '%s'",
            number, numbered->path, search->found);
    if (search->other)
        return message_problem(problem, -EINVAL,
            "'%u' is a process of several runs; name '%s' or '%s'", number, search->found,
            search->other);
    if (numbered)
        return set(run, numbered->path, false, true);
    if (search->found)
        return set(run, search->found, true, false);
    int error = choose_by_program(run, kept, search->pid, problem);
    if (error != -ENOENT)
        return error;
    return message_problem(problem, error,
        "no run '%u': it is neither the number of a kept run nor a process of one; " LIST_HINT,
        number);
}

static int find_number_or_process(
    struct which_run *run, const struct kept_runs *kept, unsigned number, char **problem)
{
    struct search search = {.pid = (int)number};
    session_each(look_at, &search);
    int error = choose(run, kept, &search, problem);
    free(search.found);
    free(search.other);
    return error;
}

static int find_last(struct which_run *run, const struct kept_runs *kept, char **problem)
{
    if (kept->count > 0)
        return set(run, kept->list[0].path, false, true);
    return message_problem(problem, -ENOENT,
        "no run is kept: the next one will be, unless it has --no-keep, or there is no directory "
        "of yours in $XDG_CACHE_HOME or ~/.cache");
}

static int find_path(
    struct which_run *run, const struct kept_runs *kept, const char *path, char **problem)
{
    struct stat status;
    if (stat(path, &status) != 0)
        return message_problem(problem, -errno, "cannot read the trace in '%s': %s; " LIST_HINT,
            path, strerror(errno));
    if (S_ISDIR(status.st_mode))
        return set(run, path, true, false);
    if (!S_ISREG(status.st_mode))
        return message_problem(problem, -EINVAL,
            "cannot read the trace in '%s': it is no directory, and no saved file", path);
    bool is_kept = false;
    for (size_t i = 0; i < kept->count && !is_kept; i++) {
        struct stat other;
        is_kept = stat(kept->list[i].path, &other) == 0 && other.st_dev == status.st_dev &&
                  other.st_ino == status.st_ino;
    }
    return set(run, path, false, is_kept);
}

int which_run_find(struct which_run *run, const char *which, char **problem)
{
    struct kept_runs kept;
    unsigned number = number_in(which);
    if (kept_list(&kept) != 0)
        return message_problem(problem, -ENOMEM, "out of memory");
    int error = strcmp(which, "last") == 0 ? find_last(run, &kept, problem)
                : number > 0               ? find_number_or_process(run, &kept, number, problem)
                                           : find_path(run, &kept, which, problem);
    kept_list_finish(&kept);
    return error;
}
