/*
 * lost_call.c - open calls of leaves that could not be recorded.
 */
#include "record/lost_call.h"

#include "base/kernel.h"
#include "base/forbidden.h"

/* The largest body of a leaf on the stack that is recognised. It is smaller than what the kernel
 * puts on the stack for a signal (struct rt_sigframe, with 512 bytes of FXSAVE, below the red
 * zone). */
#define BODY_BYTES_MAX 512

/* Two addresses in the code of one library, such as libc, are nearer to each other than this. */
#define CODE_NEAR UINT64_C(0x800000)

/* The innermost open call of the thread that could not be recorded. If it was left by a jump, it
 * may be gone, and its stack, too. */
static __thread struct call_frame *innermost __attribute__((tls_model("initial-exec")));

static bool is_code_near(uint64_t word, uint64_t code)
{
    return word - code + CODE_NEAR < 2 * CODE_NEAR;
}

/* Whether the call was made by the body of the open call `outer`. Either that has jumped to the
 * leaf, or there is only one frame between them on the stack: there is no other return address, and
 * the distance is too short for a signal frame. */
static bool is_called_by(const struct call_frame *call, const struct call_frame *outer)
{
    const uint64_t *word = &call->registers.return_address;
    uint64_t distance = (uint64_t)outer - (uint64_t)word; /* huge if outer is below */
    if (distance >= BODY_BYTES_MAX)
        return false;
    /* The outer call may have ended, and the stack may end before it. */
    if (((uint64_t)outer ^ (uint64_t)word) >= KERNEL_PAGE && !kernel_is_readable((uint64_t)outer))
        return false;
    uint64_t body = call_body(outer), code = *word;
    if (code == (uint64_t)arch_return_address)
        return body == (uint64_t)word;
    for (word++; (uint64_t)word < body; word++)
        if (is_code_near(*word, code))
            return false;
    return (uint64_t)word == body && *word == (uint64_t)arch_return_address;
}

bool lost_call_note(struct call_frame *call)
{
    bool is_inner = innermost && call->record->flags & HOOK_IMPLIED &&
                    is_called_by(call, innermost);
    call->outer = innermost;
    innermost = call;
    return !is_inner;
}

void lost_call_leave(const struct call_frame *call)
{
    if (innermost == call)
        innermost = call->outer;
}
