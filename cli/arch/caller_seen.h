/*
 * caller_seen.h - functions that look at their return address.
 *
 * Such a function (it counts calls by their caller, or returns a second time later) must find its
 * caller's return address on the stack, not the hook's. A hook that enters it by a jump leaves that
 * address there.
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

/* What leads to functions that look at their caller, in one file. The compiler makes every function
 * call those for profilers, mcount(3), and they look at the caller of that function. */
struct caller_seen_calls {
    struct caller_seen_list profilers;      /* in the file itself */
    struct caller_seen_list profiler_slots; /* where the dynamic linker writes their addresses */
    struct caller_seen_list seeing_slots;   /* slots of setjmp, dlsym and the like */
};

/* Returns the reason why the function must be entered by a jump, as words to follow "is entered by
 * a jump: " (static string), or NULL if none was found. `text` is as for displace; `size` and
 * `parts` of the function are searched. What its callees look at is not seen. */
const char *caller_seen(const struct code_bytes *text, const struct code_function *function,
    const struct caller_seen_calls *calls);

#endif
