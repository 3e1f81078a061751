/*
 * claim.h - which hit uses a piece of its thread's memory, and whether it can still give it back.
 *
 * A signal handler can interrupt a hit and hit a leaf as well. So a hit claims the memory that it
 * works with. A handler can also leave by longjmp, throw, or switch to a coroutine while our code
 * is interrupted. So a claim is not a flag but names its owner: the hit's struct call_frame on the
 * stack, which has a mark as long as it owns anything. If the mark is gone, the owner is gone.
 */
#ifndef CLAIM_H
#define CLAIM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/kernel.h"
#include "code/call_frame.h"

/* An address further than this below the end of the thread's own stack is on another stack. */
#define CLAIM_OWN_STACK_MAX (UINT64_C(8) << 20) /* setrlimit(2): the default of RLIMIT_STACK */

/* NULL: nobody. Only the thread itself and its signal handlers write it, by arch_swap, which a
 * handler cannot interrupt in the middle. */
struct claim {
    struct call_frame *owner;
};

enum claim_result {
    CLAIM_REFUSED,
    CLAIM_GIVEN,
    CLAIM_INHERITED, /* taken from a hit that was abandoned midway (longjmp out of a signal
                        handler): the data that the claim protects may be half-written */
};

/* The mark of a call that owns something. */
static inline uint64_t claim_mark(const struct call_frame *call)
{
    return (uint64_t)call ^ UINT64_C(0x6b72614d2d746373);
}

/* Whether the caller runs on the signal stack, or this is not known. Such a stack can be an array
 * in a function of the thread; then the interrupted code may lie at lower addresses than the
 * caller. */
bool claim_is_on_alternate_stack(void);

/* Whether it has an owner that may still continue. */
bool claim_is_held(const struct claim *claim);

/* Takes it from its owner if the owner is certainly gone: it has no mark. */
enum claim_result claim_inherit(struct claim *claim, struct call_frame *call);

/* The same if the owner lies in a part of the thread's own stack that has been left. `stack_end` is
 * the end of that stack. That is a guess if the program has other stacks inside this one, and
 * switches between them. */
enum claim_result claim_inherit_left(
    struct claim *claim, struct call_frame *call, uint64_t stack_end);

/* Claims it for `call`, and marks the call. Async-signal-safe, as all of these functions are. */
static inline enum claim_result claim_take(struct claim *claim, struct call_frame *call)
{
    call->mark = claim_mark(call);
    COMPILER_BARRIER();
    if (__builtin_expect(claim->owner != NULL, 0))
        return claim_inherit(claim, call);
    return arch_swap(&claim->owner, NULL, call) ? CLAIM_GIVEN : CLAIM_REFUSED;
}

/* The owner is cleared before the mark: an owner without a mark counts as abandoned. */
static inline void claim_release(struct claim *claim, struct call_frame *call)
{
    claim->owner = NULL;
    COMPILER_BARRIER();
    call->mark = 0;
}

#endif
