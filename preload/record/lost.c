/*
 * lost.c - open calls of leaves that could not be recorded.
 */
#include "record/lost.h"

#include "base/kernel.h"
#include "base/forbidden.h"

/* Less than what the kernel puts on the stack for a signal (struct rt_sigframe, with 512 bytes of
 * FXSAVE, below the red zone). */
#define BODY_BYTES_MAX 512

/* Farther apart than this is no code of one library, and no less is libc. */
#define CODE_NEAR UINT64_C(0x800000)

/* The innermost open call of the thread that could not be recorded. It may be gone, if it was left
 * by a jump, and its stack, too. */
static __thread struct call_frame *innermost __attribute__((tls_model("initial-exec")));

static bool is_code_near(uint64_t word, uint64_t code)
{
    return word - code + CODE_NEAR < 2 * CODE_NEAR;
}

/* Whether the call comes from the body of the open call `outer`: that has jumped to it, or what
 * lies between them on the stack is one frame. That is so if there is no other return address, and
 * it is too short for the frame of a signal. */
static bool is_called_by(const struct call_frame *call, const struct call_frame *outer)
{
    const uint64_t *word = &call->registers.return_address;
    uint64_t distance = (uint64_t)outer - (uint64_t)word; /* huge where it lies below */
    if (distance >= BODY_BYTES_MAX)
        return false;
    /* The outer call may be no more, and the stack may end before it. */
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

bool lost_note(struct call_frame *call)
{
    bool is_inner = innermost && call->record->flags & HOOK_IMPLIED &&
                    is_called_by(call, innermost);
    call->outer = innermost;
    innermost = call;
    return !is_inner;
}

void lost_leave(const struct call_frame *call)
{
    if (innermost == call)
        innermost = call->outer;
}
