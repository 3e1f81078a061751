/*
 * trail.h - the way to a node, by which it is found again in another view of the same program.
 */
#ifndef BROWSE_TRAIL_H
#define BROWSE_TRAIL_H

#include <stdbool.h>
#include <stddef.h>

#include "view/view.h"

struct trail_step {
    enum view_kind kind;
    char *function, *module; /* malloc'ed, so that it outlives the view; or NULL */
};

/* A zeroed object leads nowhere. */
struct trail {
    int pid, tid;             /* of the node's group */
    struct trail_step *steps; /* from the outermost function; malloc'ed */
    size_t count;
};

/* Notes the way to a node of this group. Without memory, only the group is noted. */
void trail_note(struct trail *trail, const struct view_group *group, const struct view_node *node);

/* Returns the node at its end, or the nearest one that is there: nodes that the view does not have
 * are left out. NULL: the view is empty. */
struct view_node *trail_follow(const struct trail *trail, const struct view *view);

/* Returns the node at its end; NULL: the view has no such node. */
struct view_node *trail_find(const struct trail *trail, const struct view *view);

bool trail_is_same(const struct trail *a, const struct trail *b);

void trail_finish(struct trail *trail);

#endif
