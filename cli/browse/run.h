/*
 * run.h - a run that is browsed: its saved file, and the trees of its processes.
 */
#ifndef BROWSE_RUN_H
#define BROWSE_RUN_H

#include <stdbool.h>
#include <stddef.h>

#include "report/format.h"
#include "saved/saved.h"
#include "tree/total.h"

struct path_style;

struct run {
    struct saved saved;
    char *directory;             /* the current one; malloc'ed; NULL: not known */
    struct labels *labels;       /* of what was waited for; NULL: it is not shown */
    struct tree_process **trees; /* that are in views; malloc'ed */
    size_t tree_count;
    struct tree_total total;
    struct report_run head; /* without an overview */
};

/* Reads the file and makes the trees. `root` is NULL, or another function at which they begin.
 * `style` is that of paths, without the root; NULL: what was waited for is not shown.
 * Returns 0, or -errno with *problem, one line (malloc'ed). Free it with run_finish in any case. */
int run_read(struct run *run, const char *path, const char *root, const struct path_style *style,
    char **problem);
void run_finish(struct run *run);

#endif
