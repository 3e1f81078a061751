/*
 * folds.c - what the user has folded and unfolded, so that it is done again in the next view.
 */
#include "browse/watch/folds.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "browse/lines.h"

#define FOLDS_MAX 1000 /* the oldest ones are forgotten */

static void folds_forget(struct folds *folds, size_t at)
{
    trail_finish(&folds->list[at].trail);
    folds->count--;
    memmove(&folds->list[at], &folds->list[at + 1], (folds->count - at) * sizeof *folds->list);
}

void folds_note(struct folds *folds, enum fold_kind kind, const struct view_group *group,
    const struct view_node *node)
{
    struct fold fold = {.kind = kind};
    trail_note(&fold.trail, group, node);
    for (size_t i = folds->count; i-- > 0;)
        if (trail_is_same(&folds->list[i].trail, &fold.trail))
            folds_forget(folds, i);
    if (folds->count == FOLDS_MAX)
        folds_forget(folds, 0);
    if (array_reserve(&folds->list, folds->count, 1, &folds->room, sizeof fold) != 0) {
        trail_finish(&fold.trail);
        return;
    }
    folds->list[folds->count++] = fold;
}

static void fold_again(enum fold_kind kind, struct view_node *node)
{
    switch (kind) {
    case FOLD_CLOSED: lines_fold(node); break;
    case FOLD_OPEN: lines_unfold(node); break;
    case FOLD_ALL_OPEN: lines_unfold_all(node); break;
    case FOLD_REVEALED: lines_reveal(node); break;
    }
}

void folds_apply(const struct folds *folds, const struct view *view)
{
    for (size_t i = 0; i < folds->count; i++) {
        struct view_node *node = trail_find(&folds->list[i].trail, view);
        if (node)
            fold_again(folds->list[i].kind, node);
    }
}

void folds_finish(struct folds *folds)
{
    for (size_t i = 0; i < folds->count; i++)
        trail_finish(&folds->list[i].trail);
    free(folds->list);
    *folds = (struct folds){.list = NULL};
}
