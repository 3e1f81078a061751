/*
 * folds.h - what the user has folded and unfolded, so that it is done again in the next view.
 */
#ifndef BROWSE_WATCH_FOLDS_H
#define BROWSE_WATCH_FOLDS_H

#include <stddef.h>

#include "browse/trail.h"

enum fold_kind { FOLD_CLOSED, FOLD_OPEN, FOLD_ALL_OPEN, FOLD_REVEALED };

struct fold {
    enum fold_kind kind;
    struct trail trail;
};

/* A zeroed object is empty. */
struct folds {
    struct fold *list; /* malloc'ed; the latest last */
    size_t count, room;
};

/* Notes what was done to a node of this group, in place of what was done to it before. Without
 * memory, it is forgotten. */
void folds_note(struct folds *folds, enum fold_kind kind, const struct view_group *group,
    const struct view_node *node);

/* Does all that again in a view. */
void folds_apply(const struct folds *folds, const struct view *view);
void folds_finish(struct folds *folds);

#endif
