/*
 * planner.h - runs the planner, scoped-trace-plan, in a process of its own.
 *
 * Only the planner needs a decoder, which is a shared library; so the tool, which starts in every
 * run, can be linked statically. The process is started for the first file whose plan is not in the
 * cache. It continues for the rest of the run and ends when the tool ends, however that happens.
 */
#ifndef PLAN_PLANNER_H
#define PLAN_PLANNER_H

#include <sys/types.h>

#include "plan/file.h"

#define PLANNER_NAME "scoped-trace-plan"

struct hook_plan_request;
struct leaves;

/* Only one thread at a time may use it. The caller owns what it points to, which must outlive
 * it. */
struct planner {
    const char *program;   /* path of the executable */
    const char *directory; /* of the session, where the plans are written */
    const struct leaves *leaves;
    enum plan_policy policy;
    int connection; /* -1: it is not running */
    pid_t pid;
};

/* Makes the planner write the requested plan into the session, and the list of leaves in the file
 * (plan/file.h) unless the plan is for a single function. Returns 0 or -errno: the planner's own
 * error, or -ECHILD if it cannot be run or has died; the next call starts it again. */
int planner_ask(struct planner *planner, const struct hook_plan_request *request);

/* Ends the process, if there is one, and waits for its end. */
void planner_stop(struct planner *planner);

/* ---- the two ends of the connection ---- */

/* The planner's arguments: DIRECTORY POLICY ROOT TASKS [LEAF...]. POLICY is a number; ROOT is empty
 * if no tree for each call is wanted; TASKS are the wishes of leaves_add_tasks, perhaps none; each
 * LEAF is an argument of --leaf. Its standard input is a SOCK_SEQPACKET socket (unix(7)): the
 * planner reads one struct hook_plan_request after the other and answers each with an int32_t, 0 or
 * -errno. It exits when the other end is closed. */
enum planner_argument {
    PLANNER_DIRECTORY = 1,
    PLANNER_POLICY,
    PLANNER_ROOT,
    PLANNER_TASKS,
    PLANNER_LEAVES,
};

#endif
