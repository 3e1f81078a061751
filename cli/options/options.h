/*
 * options.h - the command line.
 */
#ifndef OPTIONS_OPTIONS_H
#define OPTIONS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "options/configuration.h"
#include "options/calls_wish.h"
#include "options/view_wish.h"
#include "plan/file.h"

enum color_mode { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

enum options_action {
    ACTION_RUN,
    ACTION_REPORT,
    ACTION_NOW,
    ACTION_WATCH,
    ACTION_HELP,
    ACTION_VERSION,
    ACTION_LIST_LEAVES
};

/* What is done with the program when the time of --for is up. */
enum then { THEN_NOT_GIVEN, THEN_LEAVE, THEN_TERM };

struct options {
    enum options_action action;
    const char *root; /* "main" by default */
    bool root_is_default;
    struct calls_wish calls;
    const char **leaves; /* the arguments of --leaf, in order, and what --fibers adds to them */
    size_t leaf_count;
    bool fibers;          /* --fibers */
    bool has_exact_tasks; /* --exact-tasks */
    char *tasks; /* --tasks and --task, as leaves_add_tasks takes them; NULL: none; malloc'ed */
    const char *output; /* -o FILE; NULL: stderr, or stdout for the command report */
    enum color_mode color;
    bool has_no_times;       /* --no-time */
    enum plan_policy policy; /* --hook */
    bool explains;           /* --explain */
    bool yes_many;           /* --yes-many */
    bool waits_for_all;      /* --wait=all */
    uint64_t for_ns;         /* --for DURATION; 0: not given */
    enum then then;          /* --then */
    char **program;          /* PROG and its ARGS, ended by NULL; points into argv */
    const char *save;        /* --save FILE, or NULL */
    bool redacts;            /* --redact */
    bool keeps_not;          /* --no-keep */
    const char *which;       /* for report, now and watch: the run, or NULL */
    bool removes;            /* for report: --remove */
    bool is_interactive;     /* for report: -i */
    bool is_now;             /* for report: --now; and for now */
    bool is_json;            /* for both: --json */
    uint64_t since_ns;       /* for report: --since DURATION; 0: not given */
    uint64_t every_ns;       /* for watch: --every DURATION */
    uint64_t count;          /* for watch: --count NUMBER; 0: not given */
    size_t page_columns;     /* set by the caller: of what is printed; 0: the terminal's */
    bool is_brief;           /* likewise: idle waits are only counted */
    bool follows;            /* set by the caller: the report follows another one */
    const char *not_watch;  /* an option on the command line that does not go with watch, or NULL */
    const char *only_watch; /* one that goes with watch only, or NULL */
    const char *not_now;   /* an option on the command line that does not go with is_now, or NULL */
    struct view_wish wish; /* what the report shows */
    struct configuration configuration;
};

/* Returns 0, or -EINVAL with *problem, one line (malloc'ed). Options end at "--" or at the first
 * argument that is no option. If "report", "now" or "watch" is the first argument, only root,
 * leaves, output, color, save, redacts, which, removes, is_interactive, is_now, is_json, since_ns,
 * every_ns, count and wish can be set. Strings point into argv, or into the configuration, whose
 * options are taken first. */
int options_parse(struct options *options, int argc, char **argv, char **problem);

/* Returns whether to print with colours: as --color and NO_COLOR say. */
bool options_want_color(const struct options *options, bool is_terminal);

void options_finish(struct options *options);

/* The text of --help. */
extern const char options_help[];

#endif
