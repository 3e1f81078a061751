/*
 * idle.h - where programs wait for work, which is not waiting in work.
 *
 * Only what the table or the user names is idle: nothing is guessed. docs/adding.md says how to
 * extend the table.
 */
#ifndef VIEW_IDLE_H
#define VIEW_IDLE_H

#include <stdbool.h>
#include <stddef.h>

struct tree_node;

/* What is idle: a leaf `inner`, or the leaves below a function `inner`, if `outer` is the nearest
 * function above it that has a name and is no internal (view/internals.h). */
struct idle_rule {
    const char *module; /* patterns for the base name of the file of `outer`, with spaces between;
                         * NULL: any */
    const char *outer;  /* pattern for a function, without return type and parameters */
    const char *inner;  /* likewise; NULL: all that is below `outer`; "": any leaf */
};

/* Returns the first rule whose `outer` matches the frame, which has a name, at or after `from`
 * (NULL: the first of all), or NULL. */
const struct idle_rule *idle_find(const struct idle_rule *from, const struct tree_node *node);

/* Returns whether a thread of this name waits for work in this leaf, whoever has called it. */
bool idle_is_thread(const char *thread, const char *leaf);

#endif
