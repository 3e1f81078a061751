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

struct run {
    struct saved saved;
    struct tree_process **trees; /* that are in views; malloc'ed */
    size_t tree_count;
    struct tree_total total;
    struct report_run head; /* without an overview */
};

/* Reads the file and makes the trees. `root` is NULL, or another function at which they begin.
 * Returns 0, or -errno with *problem, one line (malloc'ed). Free it with run_finish in any case. */
int run_read(struct run *run, const char *path, const char *root, char **problem);
void run_finish(struct run *run);

#endif
