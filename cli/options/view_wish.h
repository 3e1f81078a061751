/*
 * view_wish.h - the options that say what a report shows of a run.
 *
 * They can be given for a run and for `scoped-trace report`.
 */
#ifndef OPTIONS_VIEW_WISH_H
#define OPTIONS_VIEW_WISH_H

#include <stdbool.h>
#include <stddef.h>

#include "view/view.h"

/* Greater than every character, and than other options: see getopt_long(3). */
enum {
    WISH_FIRST = 1000,
    WISH_UNDER = WISH_FIRST,
    WISH_THROUGH,
    WISH_WITHOUT,
    WISH_THREAD,
    WISH_PROCESS,
    WISH_HIDE,
    WISH_MERGE,
    WISH_IDLE,
    WISH_INTERNALS,
    WISH_SITES,
    WISH_PLACES,
    WISH_INVERT,
    WISH_HISTOGRAM,
    WISH_THREADS,
    WISH_PROCESSES,
    WISH_SORT,
    WISH_LINES,
    WISH_MIN,
    WISH_MIN_SHARE,
    WISH_FULL_NAMES,
    WISH_WHAT,
    WISH_NO_WHAT,
    WISH_ALL,
    WISH_FULL,
    WISH_END
};

/* The rows of a table for getopt_long(3). */
#define WISH_LONG_OPTIONS                                                                          \
    {"under", required_argument, NULL, WISH_UNDER},                                                \
        {"through", required_argument, NULL, WISH_THROUGH},                                        \
        {"without", required_argument, NULL, WISH_WITHOUT},                                        \
        {"thread", required_argument, NULL, WISH_THREAD},                                          \
        {"process", required_argument, NULL, WISH_PROCESS},                                        \
        {"hide", required_argument, NULL, WISH_HIDE},                                              \
        {"merge", required_argument, NULL, WISH_MERGE},                                            \
        {"idle", required_argument, NULL, WISH_IDLE},                                              \
        {"internals", no_argument, NULL, WISH_INTERNALS},                                          \
        {"sites", no_argument, NULL, WISH_SITES}, {"places", no_argument, NULL, WISH_PLACES},      \
        {"invert", no_argument, NULL, WISH_INVERT}, {"threads", no_argument, NULL, WISH_THREADS},  \
        {"processes", no_argument, NULL, WISH_PROCESSES},                                          \
        {"histogram", no_argument, NULL, WISH_HISTOGRAM},                                          \
        {"sort", required_argument, NULL, WISH_SORT},                                              \
        {"lines", required_argument, NULL, WISH_LINES},                                            \
        {"min", required_argument, NULL, WISH_MIN},                                                \
        {"min-share", required_argument, NULL, WISH_MIN_SHARE},                                    \
        {"full-names", no_argument, NULL, WISH_FULL_NAMES}, {"all", no_argument, NULL, WISH_ALL},  \
        {"what", no_argument, NULL, WISH_WHAT}, {"no-what", no_argument, NULL, WISH_NO_WHAT},      \
    {                                                                                              \
        "full", no_argument, NULL, WISH_FULL                                                       \
    }

struct wish_list {
    const char **list; /* malloc'ed; the texts are the command line's */
    size_t count, room;
};

struct view_wish {
    struct view_options view; /* its patterns point to the lists below */
    bool is_given;            /* an option was given that a full report cannot follow */
    bool is_full;             /* --full: every process, thread and place has a line */
    bool is_full_by_default;  /* the configuration says so, which other options overrule */
    bool places;
    bool histograms;     /* below each leaf */
    bool shows_objects;  /* --what: not the tree, but a table of what was waited for */
    bool has_no_objects; /* --no-what: nothing of that */
    /* Given since the defaults were set, which they overrule. */
    bool is_all, has_limit, has_share, is_idle_none, has_idle_function;
    struct wish_list lists[WISH_IDLE + 1 - WISH_FIRST];
};

void view_wish_begin(struct view_wish *wish);
void view_wish_finish(struct view_wish *wish);

/* Takes an option with its value, or NULL. Returns 0, -ENOMEM, or -EINVAL with *problem, one line
 * (malloc'ed). */
int view_wish_take(struct view_wish *wish, int option, const char *value, char **problem);

/* What was taken so far are defaults. */
void view_wish_set_defaults(struct view_wish *wish);

/* Checks that the options do not contradict each other, and completes wish->view. Returns 0, or
 * -EINVAL with *problem. */
int view_wish_check(struct view_wish *wish, char **problem);

#endif
