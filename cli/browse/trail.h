/*
 * trail.h - the way to a node, by which it is found again in another view of the same run.
 */
#ifndef BROWSE_TRAIL_H
#define BROWSE_TRAIL_H

#include <stddef.h>

#include "view/view.h"

struct trail_step {
    enum view_kind kind;
    const char *function;
    char *module; /* malloc'ed: the program's own may be called by a name that the view has */
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

void trail_finish(struct trail *trail);

#endif
