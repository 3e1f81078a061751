/*
 * internals.h - which frames say nothing to most readers.
 *
 * docs/adding.md says how to extend the table.
 */
#ifndef VIEW_INTERNALS_H
#define VIEW_INTERNALS_H

#include <stdbool.h>

struct tree_node;

enum internals_when {
    INTERNALS_ALWAYS,
    INTERNALS_INSIDE, /* if its caller is in the same family: the first one has a meaning */
    INTERNALS_AT_TOP, /* if no frame above it is shown: the start of a thread */
    INTERNALS_INSIDE_OR_AT_TOP,
};

struct internals_rule {
    enum internals_when when;
    const char *family;   /* the same pointer for all rows of one family; NULL: none */
    const char *module;   /* patterns for the base name of the module's file, with spaces between;
                           * NULL:   any; or the table's own word for a language */
    const char *function; /* pattern for the function, without return type and parameters; NULL:
                           * any, also one without a name */
    bool leaves_gap;      /* what is left out is marked in the path */
};

/* Returns the first rule for a frame, whose name may be NULL, or NULL. */
const struct internals_rule *internals_find(const struct tree_node *node);

/* Returns whether it is a runtime's function from which a task is continued: what is above it says
 * nothing about the task. */
bool internals_begins_task(const struct tree_node *node);

/* Returns whether a function is left out of the path of a task. `rule` and `caller` are the rules
 * of it and of the function before it that is shown. */
bool internals_hides_in_task(const struct tree_node *node, const struct internals_rule *rule,
    const struct internals_rule *caller);

/* Returns whether a function of a module, a base name, is left out wherever it stands; `anywhere`:
 * or at some places. */
bool internals_hides(
    const char *function, const char *linkage_name, const char *module, bool anywhere);

#endif
