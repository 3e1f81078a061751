/*
 * run.h - a run that is browsed: its saved file, and the trees of its processes.
 */
#ifndef BROWSE_RUN_H
#define BROWSE_RUN_H

#include <stdbool.h>
#include <stddef.h>

#include "objects/path.h"
#include "report/format.h"
#include "saved/saved.h"
#include "tree/total.h"

struct run {
    struct saved saved;
    char *directory;             /* the current one; malloc'ed; NULL: not known */
    struct labels *labels;       /* of what was waited for; NULL: it is not shown */
    struct tree_process **trees; /* that are in views; malloc'ed */
    size_t tree_count;
    struct tree_total total;
    struct report_run head; /* without an overview */
};

/* What the user wants of a run. */
struct run_source {
    const char *root;        /* at which the trees begin; NULL: the run's */
    bool has_objects;        /* what was waited for is shown */
    struct path_style style; /* of paths, without the root */
    bool has_lines;          /* the number of lines is given */
};

/* Reads the file and makes the trees. Returns 0 and a run in *out, to be freed with run_destroy; or
 * -errno with *problem, one line (malloc'ed). */
int run_read(struct run **out, const char *path, const struct run_source *source, char **problem);
void run_destroy(struct run *run);

#endif
