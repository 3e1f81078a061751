/*
 * find.c - finds the run that goes on and that the user means.
 */
#include "commands/now/find.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/message.h"
#include "commands/which_run.h"
#include "session/mappings.h"
#include "session/session.h"

#define LAST_HINT "scoped-trace report --now last shows what the last one did when it ended"

/* ---- sessions ---- */

#define OTHERS_NAMED 5

/* A run that goes on. */
struct going {
    char *place;       /* directory; malloc'ed */
    uint64_t begun_ns; /* CLOCK_REALTIME */
    int pid;           /* of its first process; 0: not known */
};

struct find {
    int pid;                  /* 0: any */
    struct going found;       /* the one that began last */
    int others[OTHERS_NAMED]; /* first processes of others */
    size_t other_count;
};

static bool is_running(const struct session *session)
{
    struct mappings mapped;
    return mappings_look(&mapped, session) == 0 && mapped.is_any;
}

static struct going find_describe_run(const struct session *session)
{
    struct going run = {.place = strdup(session->place)};
    struct session_traces traces;
    if (session_traces(session, &traces) != 0)
        return run;
    if (traces.count > 0) {
        run.begun_ns = traces.list[0].start_ns;
        run.pid = traces.list[0].pid;
    }
    session_traces_finish(&traces);
    return run;
}

static void find_note_other(struct find *find, const struct going *run)
{
    if (find->other_count < OTHERS_NAMED)
        find->others[find->other_count] = run->pid;
    find->other_count++;
    free(run->place);
}

/* Of several runs, as after a process id was used again, the one that began last is meant. */
static void find_look_at(void *argument, const struct session *session)
{
    struct find *find = argument;
    if (find->pid && !which_run_has(session, find->pid))
        return;
    if (!is_running(session))
        return;
    struct going run = find_describe_run(session);
    bool is_later = find->found.place == NULL || run.begun_ns >= find->found.begun_ns;
    if (!is_later)
        find_note_other(find, &run);
    else if (find->found.place)
        find_note_other(find, &find->found);
    if (is_later)
        find->found = run;
}

/* Says which other runs go on. */
static void say_others(const struct find *find)
{
    char text[OTHERS_NAMED * 12 + 4] = "", *end = text;
    size_t count = find->other_count < OTHERS_NAMED ? find->other_count : OTHERS_NAMED;
    for (size_t i = 0; i < count; i++)
        end += sprintf(end, "%s%d", i ? ", " : "", find->others[i]);
    if (find->other_count > count)
        strcpy(end, ", ...");
    message(0, "this is the latest of %zu runs that go on; for %s, name its process: %s",
        find->other_count + 1, find->other_count == 1 ? "the other one" : "another one", text);
}

/* ---- why there is none ---- */

/* Returns false if there is no such process. */
static bool find_owner(int pid, uid_t *owner)
{
    char path[32];
    struct stat status;
    snprintf(path, sizeof path, "/proc/%d", pid);
    if (stat(path, &status) != 0)
        return false;
    *owner = status.st_uid;
    return true;
}

static int explain_process(int pid, char **problem)
{
    uid_t owner;
    if (!find_owner(pid, &owner))
        return message_problem(problem, -ESRCH, "there is no process %d", pid);
    if (owner != geteuid() && geteuid() != 0)
        return message_problem(
            problem, -EPERM, "process %d is another user's: only its owner can look at it", pid);
    return message_problem(problem, -ENOENT,
        "process %d is not traced: only programs that scoped-trace has started are", pid);
}

static int explain_none(char **problem)
{
    return message_problem(problem, -ENOENT, "no run of yours goes on; " LAST_HINT);
}

/* ---- the whole ---- */

/* `says_others`: whether other runs go on. */
static int find_session(char **path, int pid, bool says_others, char **problem)
{
    struct find find = {.pid = pid};
    session_each(find_look_at, &find);
    *path = find.found.place;
    if (find.found.place && says_others && find.other_count > 0)
        say_others(&find);
    if (find.found.place)
        return 0;
    return pid ? explain_process(pid, problem) : explain_none(problem);
}

static int find_named_directory(char **path, const char *which, char **problem)
{
    struct stat status;
    if (stat(which, &status) != 0)
        return message_problem(problem, -errno,
            "'%s' is neither a process id nor the directory of a run: %s", which, strerror(errno));
    if (!S_ISDIR(status.st_mode))
        return message_problem(problem, -ENOTDIR,
            "'%s' does not go on: scoped-trace report --now '%s' shows a saved run", which, which);
    *path = strdup(which);
    return *path ? 0 : message_problem(problem, -ENOMEM, "out of memory");
}

int now_find_run(char **path, const char *which, char **problem)
{
    char *end = NULL;
    long pid = which && *which >= '0' && *which <= '9' ? strtol(which, &end, 10) : 0;
    if (which == NULL || strcmp(which, "last") == 0)
        return find_session(path, 0, which == NULL, problem);
    if (end && *end == '\0' && pid > 0 && pid <= INT_MAX)
        return find_session(path, (int)pid, false, problem);
    return find_named_directory(path, which, problem);
}
