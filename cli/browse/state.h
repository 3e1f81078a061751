/*
 * state.h - what the browser knows: the run, what is shown of it, and where the user is.
 */
#ifndef BROWSE_STATE_H
#define BROWSE_STATE_H

#include <stdbool.h>
#include <stddef.h>

#include "browse/lines.h"
#include "browse/run.h"
#include "browse/scope.h"
#include "browse/trail.h"

struct glyphs;
struct watching;

/* A function below which the tree is shown, chosen by a key. */
struct chosen {
    char *name;         /* as it was shown; malloc'ed */
    char *pattern;      /* as in struct scope_wish; malloc'ed */
    struct trail trail; /* to where the user was before */
};

struct state {
    struct run *run; /* NULL until the first period of a run that is watched is over */
    struct run_source source;
    struct watching *watching; /* NULL: a run that was recorded */
    struct scope scope;
    struct lines lines;
    size_t at;           /* the selected line */
    size_t from;         /* the first line on the screen */
    bool by_hits;        /* hits have the weight, not time */
    char *status;        /* what is said until the next key; malloc'ed; NULL: nothing */
    char *search;        /* the text that was searched last; malloc'ed, or NULL */
    struct chosen *list; /* the functions that were chosen, the last one is shown; malloc'ed */
    size_t chosen_count, chosen_room;
    const struct glyphs *glyphs;
};

#endif
