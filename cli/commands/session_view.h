/*
 * session_view.h - what is known of a run besides its traces.
 */
#ifndef COMMANDS_SESSION_VIEW_H
#define COMMANDS_SESSION_VIEW_H

#include <stddef.h>

struct leaves;
struct processes;
struct options;
struct plans;
struct process_life;
struct session;
struct view_wish;

struct session_view {
    const struct session *session;
    const struct options *options; /* only root and color are used */
    const struct view_wish *wish;  /* what is shown */
    const struct leaves *leaves;
    const struct plans
        *plans; /* of the session's files; NULL if no leaf was named on the command line */
    const struct processes *running;
    int tool;                        /* process id of the tool that made the run */
    const struct process_life *life; /* of the program; all 0: it is running, or nothing is known */
    const struct process_life *others; /* that have ended, as far as this was seen */
    size_t other_count;
};

#endif
