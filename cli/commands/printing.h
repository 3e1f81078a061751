/*
 * printing.h - what is known so far about a run while its report is printed.
 */
#ifndef COMMANDS_PRINTING_H
#define COMMANDS_PRINTING_H

#include <stdbool.h>
#include <stdint.h>

#include "report/format.h"
#include "report/summary.h"
#include "trace/untraced_list.h"
#include "tree/tree.h"

struct deadlocks;
struct labels;
struct record;
struct saved;
struct snapshot;
struct symbols;
struct view_builder;
struct view_wish;

struct printing {
    struct record *record;
    const struct view_wish *wish;
    struct report report;
    const struct report_format *format;
    struct symbols *symbols; /* the record's */
    struct labels *labels;   /* of what was waited for; NULL: it is not shown */
    struct report_summary summary;
    struct untraced_list untraced; /* the summary points into it */
    uint64_t hits;                 /* of the processes so far */
    const struct snapshot *first_without_root;
    bool first_has_notes;           /* that process has notes */
    bool has_root;                  /* another process has called the root */
    struct view_builder *all_calls; /* all that is shown of calls of the root, or NULL */
};

/* Returns the options with which a tree is made. */
struct tree_options printing_tree_options(const struct printing *printing, bool root_is_default);

/* Returns whether the process has hits, but never called the root that the user named. */
bool printing_is_without_root(const struct printing *printing, const struct tree_process *process);

/* Finds what the processes of the run have waited for, and deadlocks. Returns the labels; NULL:
 * nothing is known, or there is no memory for it. Then it is not shown. */
struct labels *printing_find_labels(const struct saved *saved, const struct report *report,
    bool internals, struct deadlocks *deadlocks);

/* Checks that everything printed so far was written. Returns 0 or -errno; -EPIPE if the reader has
 * closed the pipe. */
int printing_flush(FILE *out);

#endif
