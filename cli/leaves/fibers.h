/*
 * fibers.h - the functions of libraries that switch stacks: the group @fiber.
 *
 * Otherwise they are entered by a jump, like all functions that return elsewhere than they were
 * called. As leaves of this group they are called, so each suspended fiber is an open call with its
 * path. A line is true of every function that has the name, in whatever file.
 */
#ifndef LEAVES_FIBERS_H
#define LEAVES_FIBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FIBERS_GROUP "fiber"

/* What a function does, as flags of its hook (hook_record.h). */
#define FIBERS_SWITCH HOOK_OBJECT_OF(HOOK_OBJECT_FIBER)
/* A fiber calls it at its end. */
#define FIBERS_END HOOK_OBJECT_OF(HOOK_OBJECT_FIBER_END)
/* The next fiber calls it when one has ended, with the stack pointer of that one. It is no leaf. */
#define FIBERS_ENDED (FIBERS_END | HOOK_ENDS | HOOK_NOT_A_LEAF | HOOK_TAIL)

struct fiber_function {
    const char *name; /* names/function_spec.h */
    const char *of;   /* whose function it is; NULL: the C library's, which exports it */
    uint32_t hook_flags;
};

extern const struct fiber_function fiber_functions[];
extern const size_t fiber_function_count;

/* Returns whether the hook of a leaf has the flags of such a function. */
bool fibers_has(uint32_t hook_flags);

#endif
