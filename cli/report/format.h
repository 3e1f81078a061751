/*
 * format.h - the interface between recorded runs and the formats in which they are written.
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
    bool unicode; /* box-drawing characters and the multiplication sign; false: ASCII only */
};

/* What all parts of a report use. */
struct report {
    FILE *out;
    const char *root;     /* the name that the user asked for */
    bool root_is_default; /* as in tree/tree.h */
    struct report_style style;
};

/* A format is one file in this room. It gets, in this order, each process that has traces, and the
 * summary of all of them. Text from the program (names of functions, files, threads) may hold any
 * bytes. The caller checks for write errors. */
struct report_format {
    const char *name;
    void (*begin)(const struct report *report);
    /* `is_without_root`: the process never called the root, and its tree is not wanted. */
    void (*process)(
        const struct report *report, const struct tree_process *process, bool is_without_root);
    /* A process with a tree for each call of the root, instead of its one tree. */
    void (*calls)(const struct report *report, const struct tree_process *process,
        const struct tree_calls *calls);
    void (*end)(const struct report *report, const struct report_summary *summary);
};

extern const struct report_format report_format_text;

#endif
