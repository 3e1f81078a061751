/*
 * claim.h - which hit uses a piece of its thread's memory, and whether it will ever give it back.
 *
 * A signal handler can come in the middle of a hit, and hit as well; so what a hit works with is
 * claimed first. A handler can also leave by longjmp, throw, or switch to a coroutine in the middle
 * of our work. So a claim is no flag, but names its owner, the hit's struct call_frame on the
 * stack, which bears a mark for as long as it owns anything. When the mark is gone, the owner is.
 */
#ifndef CLAIM_H
#define CLAIM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/kernel.h"
#include "code/call_frame.h"

/* What lies further than this below the end of the thread's own stack is on another one. */
#define CLAIM_OWN_STACK_MAX (UINT64_C(8) << 20) /* setrlimit(2): the default of RLIMIT_STACK */

/* NULL: nobody. Only the thread itself and its signal handlers write it: by arch_swap, which they
 * cannot cut in two. */
struct claim {
    struct call_frame *owner;
};

enum claim_result {
    CLAIM_REFUSED,
    CLAIM_GIVEN,
    CLAIM_INHERITED, /* from an owner that was cut off in its work: what it worked at is anyhow */
};

/* The mark of a call that owns something. */
static inline uint64_t claim_mark(const struct call_frame *call)
{
    return (uint64_t)call ^ UINT64_C(0x6b72614d2d746373);
}

/* Whether the caller runs on the signal stack, or that cannot be told: then what it has interrupted
 * may lie further in, as such a stack can be an array in a function of the thread. */
bool claim_is_on_alternate_stack(void);

/* Whether it has an owner, who may go on. */
bool claim_is_held(const struct claim *claim);

/* Takes it from its owner if that is gone for certain: its mark is. */
enum claim_result claim_inherit(struct claim *claim, struct call_frame *call);

/* The same if its owner lies where the thread's own stack, which ends at `stack_end`, has been
 * left. That is a guess where a program has other stacks within this one, and switches between
 * them. */
enum claim_result claim_inherit_left(
    struct claim *claim, struct call_frame *call, uint64_t stack_end);

/* Async-signal-safe, as all of these are. */
static inline enum claim_result claim_take(struct claim *claim, struct call_frame *call)
{
    call->mark = claim_mark(call);
    COMPILER_BARRIER();
    if (__builtin_expect(claim->owner != NULL, 0))
        return claim_inherit(claim, call);
    return arch_swap(&claim->owner, NULL, call) ? CLAIM_GIVEN : CLAIM_REFUSED;
}

/* The owner's name goes first: one without a mark is taken for cut off. */
static inline void claim_release(struct claim *claim, struct call_frame *call)
{
    claim->owner = NULL;
    COMPILER_BARRIER();
    call->mark = 0;
}

#endif
