/*
 * claim.c - which hit uses a piece of its thread's memory, and whether it can still give it back.
 */
#include "code/claim.h"

#include <signal.h>
#include <sys/syscall.h>

#include "base/forbidden.h"

static bool has_mark(const struct call_frame *owner)
{
    return kernel_is_readable((uint64_t)&owner->mark) && owner->mark == claim_mark(owner);
}

bool claim_is_held(const struct claim *claim)
{
    return claim->owner && has_mark(claim->owner);
}

static enum claim_result take_from(
    struct claim *claim, struct call_frame *owner, struct call_frame *call)
{
    return arch_swap(&claim->owner, owner, call) ? CLAIM_INHERITED : CLAIM_REFUSED;
}

enum claim_result claim_inherit(struct claim *claim, struct call_frame *call)
{
    struct call_frame *owner = claim->owner;
    if (owner && owner != call && has_mark(owner))
        return CLAIM_REFUSED;
    return take_from(claim, owner, call);
}

bool claim_is_on_alternate_stack(void)
{
    stack_t alternate = {0};
    if (kernel_is_forbidden || KERNEL_CALL2(SYS_sigaltstack, NULL, &alternate) != 0)
        return true;
    return alternate.ss_flags & SS_ONSTACK;
}

enum claim_result claim_inherit_left(
    struct claim *claim, struct call_frame *call, uint64_t stack_end)
{
    struct call_frame *owner = claim->owner;
    uint64_t owner_depth = stack_end - (uint64_t)owner, depth = stack_end - (uint64_t)call;
    if (owner_depth > CLAIM_OWN_STACK_MAX || depth >= owner_depth || claim_is_on_alternate_stack())
        return CLAIM_REFUSED;
    return take_from(claim, owner, call);
}
