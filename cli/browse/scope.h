/*
 * scope.h - which part of a run is shown, and how: the view, and the one before it.
 */
#ifndef BROWSE_SCOPE_H
#define BROWSE_SCOPE_H

#include <stdbool.h>

#include "view/view.h"

struct run;
struct view_builder;

/* What can be changed in the browser. */
struct scope_wish {
    struct view_options options; /* those of the command line, but for what was changed */
    bool places;                 /* each node has a line with its place */
    const char *under;           /* a function that was chosen in the browser, or NULL */
};

struct scope {
    struct scope_wish wish;
    struct view_builder *builder;
    const struct view *view;
    struct scope_wish *made_from; /* malloc'ed: the view has the addresses of its options */
};

/* Makes the view of the run that scope->wish describes, in place of the one that is there. Returns
 * 0 or -errno; then the former view is still there. */
int scope_make(struct scope *scope, const struct run *run);
void scope_finish(struct scope *scope);

#endif
