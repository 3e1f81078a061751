/*
 * call_frame.c - the frame of an open call of a hooked function.
 */
#include "code/call_frame.h"

#include "base/forbidden.h"

/* How many bytes of the stack the trampoline takes for arguments. */
#define COPIED_ALIGNED(bytes) (((bytes) + ARCH_COPY_ALIGN - 1) & ~(uint64_t)(ARCH_COPY_ALIGN - 1))

uint64_t call_body(const struct call_frame *call)
{
    return (uint64_t)call - COPIED_ALIGNED(call->stack_bytes) - ARCH_CALL_PUSHES;
}

/* No arguments were copied for it: the functions that switch stacks are known. */
struct call_frame *call_above(uint64_t sp)
{
    const uint64_t *words = (const uint64_t *)sp;
    for (unsigned i = 0; i < CALL_SWITCH_WORDS; i++)
        if (words[i] == (uint64_t)arch_return_address)
            return (struct call_frame *)((uint64_t)&words[i] + ARCH_CALL_PUSHES);
    return NULL;
}

/* The call of a leaf or of the root that has jumped here instead of returning; or NULL. Then the
 * stack is as the trampoline has left it for that call: above the return address are the copied
 * arguments, then its struct call_frame. */
static const struct call_frame *find_jumper(const struct call_frame *call)
{
    const struct call_frame *jumper = call_frame_at(call->registers.fp);
    uint64_t size = (uint64_t)jumper - (uint64_t)call->stack;
    return size <= COPIED_ALIGNED(CALL_COPIED_MAX) && size == COPIED_ALIGNED(jumper->stack_bytes)
               ? jumper
               : NULL;
}

/* Whether the call is to be entered by a jump. Of the calls that come by a jump, one after the
 * other, only the first gets a frame of the trampoline; the later ones have none, so even a million
 * of them take no more of the stack than plain functions would. */
static bool joins_row(struct call_frame *call, const struct call_frame *jumper)
{
    if (jumper == NULL || call_is_from_trampoline(jumper))
        return true;
    call->stack_bytes = jumper->stack_bytes;
    return false;
}

/* A function that unloads code is always called: its return must be seen. */
enum call_way call_choose_after_jump(struct call_frame *call)
{
    return joins_row(call, find_jumper(call)) && !(call->record->flags & HOOK_UNLOADS)
               ? CALL_JUMPS
               : CALL_RETURNS;
}
