/*
 * format.h - the interface between recorded runs and the formats in which they are written.
 */
#ifndef REPORT_FORMAT_H
#define REPORT_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct deadlocks;
struct overview;
struct report_summary;
struct task_groups;
struct tree_calls;
struct tree_process;
struct tree_total;
struct tree_values;
struct view;

struct report_style {
    bool color;     /* ANSI colours */
    bool unicode;   /* box-drawing characters and the multiplication sign; false: ASCII only */
    size_t columns; /* of the terminal, 40 or more: lines are not wider; 0: there is no limit */
};

/* What all parts of a report use. */
struct report {
    FILE *out;
    const char *root;        /* the name that the user asked for */
    bool root_is_default;    /* as in tree/tree.h */
    const char *leaves_word; /* what the time in leaves is: "waiting", or "in leaves" if the user
                              * has chosen them */
    bool is_full;            /* nothing is left out of the tree of a process */
    bool places;             /* in a view, each node has a line with its place */
    bool histograms;         /* in a view, below each leaf stands how long its calls took */
    const char *directory;   /* sources below it are shown by a relative path in a view; or NULL */
    uint64_t so_far_ns; /* the program has not ended, and has run for so long; 0: it has ended */
    bool is_earlier;    /* that was so at an earlier time */
    bool follows;       /* another report stands above */
    bool is_each;       /* each call of the root was to have a tree */
    const char *by;     /* the argument by which calls of the root are told apart; NULL: none */
    struct report_style style;
    const struct deadlocks *deadlocks; /* or NULL */
    const struct task_groups *tasks;   /* likewise */
    size_t table_lines; /* of a view: not its tree, but a table of what was waited for with so many
                         * lines; 0: the tree */
};

/* The word for the time in leaves; `chosen`: how many the user has named. */
static inline const char *report_leaves_word(size_t chosen)
{
    return chosen > 0 ? "in leaves" : "waiting";
}

/* The run as a whole. */
struct report_run {
    const char *name; /* of the first process; NULL: not known */
    uint64_t wall_ns; /* from its start to its end, or so far; 0: not known */
    bool is_running;  /* it has not ended */
    bool is_period;   /* this is not the whole run, but a part of it, of wall_ns */
    const struct tree_total *total;
    const struct overview *overview;
};

/* A format is one file in this room. It gets, in this order, each process that has traces, and the
 * summary of all of them; or one view of all processes with the summary. Text from the program
 * (names of functions, files, threads) may hold any bytes. The caller checks for write errors. */
struct report_format {
    const char *name;
    void (*begin)(const struct report *report);
    /* `is_without_root`: the process never called the root, and its tree is not wanted. */
    void (*process)(
        const struct report *report, const struct tree_process *process, bool is_without_root);
    /* A process with a tree for each call of the root, instead of its one tree. `views`: a view of
     * each of these trees, to be shown in its place; or NULL. `all`: a view of the process, for
     * what was waited for in all calls; NULL: nothing is known of that. */
    void (*calls)(const struct report *report, const struct tree_process *process,
        const struct tree_calls *calls, const struct view *const *views, const struct view *all);
    /* A process with its calls of the root by the value of an argument. `views` as above, of each
     * value; never NULL. So many values are shown: `shown`. */
    void (*values)(const struct report *report, const struct tree_process *process,
        const struct tree_values *values, const struct view *const *views, size_t shown,
        const struct view *all);
    /* All processes together, instead of each of them and the end. */
    void (*view)(const struct report *report, const struct report_run *run, const struct view *view,
        const struct report_summary *summary);
    void (*end)(const struct report *report, const struct report_summary *summary);
};

extern const struct report_format report_format_text;

#endif
