/*
 * caller_seen.h - functions that look at where they return to.
 *
 * Such a function (it counts calls by their caller, or returns a second time later) has to find its
 * caller's return address on the stack and not one of ours. It can be entered by a jump.
 */
#ifndef ARCH_CALLER_SEEN_H
#define ARCH_CALLER_SEEN_H

#include <stddef.h>
#include <stdint.h>

#include "arch/code.h"

#define CALLER_SEEN_MAX 16

struct caller_seen_list {
    uint64_t addresses[CALLER_SEEN_MAX];
    size_t count;
};

/* What of a file leads to functions that look at their caller. Those for profilers, mcount(3), the
 * compiler lets every function call, and they look at its caller, too. */
struct caller_seen_calls {
    struct caller_seen_list profilers;      /* of the file itself */
    struct caller_seen_list profiler_slots; /* where the dynamic linker writes their addresses */
    struct caller_seen_list seeing_slots;   /* of setjmp, dlsym and the like */
};

/* Why the function has to be entered by a jump, as what follows "is entered by a jump: "; it lives
 * for ever. NULL: as far as can be seen, it need not. `text` is as for displace, `size` and the
 * parts of the function are swept. What its callees look at is not seen. */
const char *caller_seen(const struct code_bytes *text, const struct code_function *function,
    const struct caller_seen_calls *calls);

#endif
