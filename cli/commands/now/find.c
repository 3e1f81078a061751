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

struct find {
    int pid;           /* 0: any */
    uint64_t begun_ns; /* of the run that was found: CLOCK_REALTIME */
    char *found;       /* directory; malloc'ed */
};

static bool is_running(const struct session *session)
{
    struct mappings mapped;
    return mappings_look(&mapped, session) == 0 && mapped.is_any;
}

static uint64_t find_begin_of_run(const struct session *session)
{
    struct session_traces traces;
    uint64_t begun_ns = 0;
    if (session_traces(session, &traces) != 0)
        return 0;
    if (traces.count > 0)
        begun_ns = traces.list[0].start_ns;
    session_traces_finish(&traces);
    return begun_ns;
}

/* Of several runs, as after a process id was used again, the one that began last is meant. */
static void find_look_at(void *argument, const struct session *session)
{
    struct find *find = argument;
    if (find->pid && !which_run_has(session, find->pid))
        return;
    if (!is_running(session))
        return;
    uint64_t begun_ns = find_begin_of_run(session);
    if (find->found && begun_ns < find->begun_ns)
        return;
    free(find->found);
    find->found = strdup(session->place);
    find->begun_ns = begun_ns;
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

static int find_session(char **path, int pid, char **problem)
{
    struct find find = {.pid = pid};
    session_each(find_look_at, &find);
    *path = find.found;
    if (find.found)
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
        return find_session(path, 0, problem);
    if (end && *end == '\0' && pid > 0 && pid <= INT_MAX)
        return find_session(path, (int)pid, problem);
    return find_named_directory(path, which, problem);
}
