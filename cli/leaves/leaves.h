/*
 * leaves.h - which functions are leaves: what --leaf selects.
 */
#ifndef LEAVES_LEAVES_H
#define LEAVES_LEAVES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct function_spec;

/* A selected leaf: `symbol` is hooked, and its hits are shown as `name` (the fortified
 * __read_chk is shown as read). */
struct leaf {
    const char *symbol; /* of a leaf with a spec: its name, which need not be a symbol's */
    const char *name;
    uint32_t hook_flags; /* HOOK_TAIL, HOOK_STACK_ARGS: of the C library's (hook_record.h) */
    bool is_asked_for;   /* by its own name, not through a group: it must exist */
    bool is_c_library;   /* through a group: the C library's function, and no namesake of it */
    const struct function_spec *spec; /* of what is in no group: which functions it names; else
                                       * NULL, and it is the symbol that is exported so */
};

struct leaves {
    struct leaf *list;
    size_t count;
    struct function_spec *specs; /* of the leaves that are in no group */
    size_t spec_count;
    struct function_spec *root;   /* of the last leaf, if that is the root; else NULL */
    const char *const *arguments; /* by which they were selected; the caller's */
    size_t argument_count;
};

/* Selects by the arguments of --leaf in their order: each a comma-separated list of NAME (also
 * in the forms of names/function_spec.h), @GROUP, -NAME, -@GROUP. With none, or when the first
 * thing said is a removal, @wait is there to start with. A name stands for its fortified and other
 * twins as well. Returns 0, or -errno; -EINVAL for an unknown group or an empty selection or a
 * function that cannot be hooked, and then *problem is one line (malloc'ed). */
int leaves_select(
    struct leaves *leaves, const char *const *arguments, size_t count, char **problem);
void leaves_finish(struct leaves *leaves);

/* Adds the root, each of whose calls is to have its own tree, as the last one. Returns as
 * leaves_select does. */
int leaves_add_root(struct leaves *leaves, const char *root, char **problem);

/* Adds what is hooked at its entry whether or not it is a leaf: in glibc's own libc only. It is for
 * the planner: nobody else is to see it. Returns 0 or -ENOMEM. */
int leaves_add_watched(struct leaves *leaves);

/* Whether there is such a leaf, through groups only: nobody asked for it by name. */
bool leaves_is_implied(const struct leaves *leaves, const char *name);

#endif
