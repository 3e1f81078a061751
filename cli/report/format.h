/*
 * format.h - the seam between what a run has recorded and how that is written.
 */
#ifndef REPORT_FORMAT_H
#define REPORT_FORMAT_H

#include <stdbool.h>
#include <stdio.h>

struct report_summary;
struct tree_calls;
struct tree_process;

struct report_style {
    bool color;   /* ANSI colours */
    bool unicode; /* box-drawing characters and the multiplication sign, else ASCII */
};

/* What all of it has in common. */
struct report {
    FILE *out;
    const char *root;     /* the name that the user asked for */
    bool root_is_default; /* as in tree/tree.h */
    struct report_style style;
};

/* A format is one file in this room. It is given, in this order, each process whose traces there
 * are, and what is said of all of them. What comes from the program (names of functions, files,
 * threads) may hold anything. What could not be written the caller finds out. */
struct report_format {
    const char *name;
    void (*begin)(const struct report *report);
    /* `is_without_root`: it never came to the root, and its tree is not asked for. */
    void (*process)(
        const struct report *report, const struct tree_process *process, bool is_without_root);
    /* A process with a tree for each call of the root, in place of its own. */
    void (*calls)(const struct report *report, const struct tree_process *process,
        const struct tree_calls *calls);
    void (*end)(const struct report *report, const struct report_summary *summary);
};

extern const struct report_format report_format_text;

#endif
