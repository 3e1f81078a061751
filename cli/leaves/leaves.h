/*
 * leaves.h - which functions are leaves: what --leaf selects.
 */
#ifndef LEAVES_LEAVES_H
#define LEAVES_LEAVES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct function_spec;

/* A selected leaf: `symbol` is hooked, and its hits are shown as `shown` (the fortified
 * __read_chk is shown as read). */
struct leaf {
    const char *symbol; /* for a leaf with a spec: its name, which may differ from the symbol's */
    const char *shown;
    uint32_t hook_flags; /* HOOK_TAIL, HOOK_STACK_ARGS: those of the C library's function
                          * (hook_record.h) */
    bool is_asked_for;   /* by its own name, not through a group: the function must exist */
    bool is_c_library;   /* through a group: only the C library's function, no other of this name */
    const struct function_spec *spec; /* for a leaf in no group: which functions it names; else
                                       * NULL, and the exported symbol is the leaf */
    bool owns_spec;
    /* Of a function that tells of tasks, which is no leaf: what it tells (hook_record.h), the
     * runtime, or NULL if the user has named the function, and whether it must exist. */
    uint32_t task;
    const char *runtime;
    bool is_needed;
};

struct leaves {
    struct leaf *list;
    size_t count, room;
    struct function_spec *specs; /* of the leaves in no group */
    size_t spec_count;
    struct function_spec *root;   /* of the last leaf, if that leaf is the root; else NULL */
    const char *tasks;            /* the wishes of leaves_add_tasks, or NULL */
    const char *const *arguments; /* the arguments that selected the leaves; the caller's */
    size_t argument_count;
};

/* Selects leaves by the arguments of --leaf, in order. Each argument is a comma-separated list of
 * NAME (also in the forms of names/function_spec.h), @GROUP, -NAME, -@GROUP. Without arguments, or
 * if the first item is a removal, the selection starts with @wait. A name also selects its
 * fortified and other twins. Returns 0 or -errno; -EINVAL for an unknown group, an empty selection
 * or a function that cannot be hooked; then *problem is one line (malloc'ed). */
int leaves_select(
    struct leaves *leaves, const char *const *arguments, size_t count, char **problem);
void leaves_finish(struct leaves *leaves);

/* Adds a leaf; its strings stay the caller's. Returns 0 or -ENOMEM. */
int leaves_append(struct leaves *leaves, const struct leaf *leaf);

/* Adds the root as the last leaf, for a run that keeps a tree for each call of the root. Returns as
 * leaves_select does. */
int leaves_add_root(struct leaves *leaves, const char *root, char **problem);

/* Adds the watched functions, which are hooked at their entry whether or not they are leaves; only
 * in glibc's own libc. For the planner only: they must not show up elsewhere. Returns 0 or
 * -ENOMEM. */
int leaves_add_watched(struct leaves *leaves);

/* Returns whether this name is a leaf through groups only, and nobody asked for it by name. */
bool leaves_is_implied(const struct leaves *leaves, const char *name);

#endif
