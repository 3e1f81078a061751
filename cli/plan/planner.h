/*
 * planner.h - has plans made by a process of its own, scoped-trace-plan.
 *
 * Only that needs a decoder, which is a shared library; so the tool, which every run starts, can be
 * linked statically. The process is started for the first file whose plan is not in the cache, goes
 * on for the rest of the run, and ends when the tool does, however it ends.
 */
#ifndef PLAN_PLANNER_H
#define PLAN_PLANNER_H

#include <sys/types.h>

#include "plan/file.h"

#define PLANNER_NAME "scoped-trace-plan"

struct hook_plan_request;
struct leaves;

/* One thread at a time may use it. What it points to is the caller's, and has to outlive it. */
struct planner {
    const char *program;   /* path of the executable */
    const char *directory; /* of the session, where the plans go */
    const struct leaves *leaves;
    enum plan_policy policy;
    int connection; /* -1: it does not run */
    pid_t pid;
};

/* Has the plan that is asked for, and unless it is for a single function, the list of what was
 * found in the file (plan/file.h), written into the session. Returns 0 or -errno: that of the
 * planner's own failure, or -ECHILD where it cannot be run or has died; the next call starts it
 * anew. */
int planner_ask(struct planner *planner, const struct hook_plan_request *request);

/* Ends the process, if there is one, and waits for that. */
void planner_stop(struct planner *planner);

/* ---- the two ends of the connection ---- */

/* The planner's arguments: DIRECTORY POLICY ROOT [LEAF...], the policy as a number, the root empty
 * if its calls are not asked for, each LEAF as with --leaf. Its standard input is a SOCK_SEQPACKET
 * socket (unix(7)), from which it takes one struct hook_plan_request after the other, and gives to
 * each an int32_t, 0 or -errno. It exits when the other end is closed. */
enum planner_argument {
    PLANNER_DIRECTORY = 1,
    PLANNER_POLICY,
    PLANNER_ROOT,
    PLANNER_LEAVES,
};

#endif
