/*
 * root_call.c - what the calls of the root in a thread are told of hits and calls.
 */
#include "record/root_call.h"

#include <stddef.h>

#include "base/clock.h"
#include "record/attach.h"
#include "root/calls.h"
#include "trace/trace.h"
#include "base/forbidden.h"

static struct calls_place place_of(const struct thread *thread, uint64_t base)
{
    return (struct calls_place){&trace_segment, thread->record, thread->stack_end, base};
}

/* The base of the stack of a call that is not a hit; 0: not known, or not needed. */
static uint64_t find_base(struct thread *thread, struct call_frame *call)
{
    const struct unwind_state from = {
        call->registers.return_address, (uint64_t)call->stack, call->registers.fp, 0};
    struct thread_level *level = root_settings.is_innermost ? thread_begin(thread, call) : NULL;
    uint64_t base = 0;
    if (level == NULL)
        return 0;
    if (thread_has_stack(thread, level, &trace_segment)) {
        stack_find_bounds(level->stack, &from, call->registers.saved, true);
        base = level->stack->base;
    }
    thread_end(level, call);
    return base;
}

void root_call_hit(struct thread *thread, const struct thread_level *level, trace_index node,
    struct call_frame *call)
{
    const struct calls_place place = place_of(thread, level->stack->base);
    calls_hit(&thread->calls, &place, node, call);
}

void root_call_time(
    struct thread *thread, trace_index node, const struct call_frame *call, uint64_t ticks)
{
    if (thread == NULL)
        return;
    const struct calls_place place = place_of(thread, 0);
    calls_time(&thread->calls, &place, node, call, ticks);
}

/* A jump to another stack, as some coroutines make it, ends nothing here. */
void root_call_jump(struct thread *thread, struct call_frame *jumper, uint64_t sp)
{
    uint64_t base = find_base(thread, jumper), end = base ? base : thread->stack_end;
    if (sp <= (uint64_t)jumper || sp > end || (!base && end - sp > CLAIM_OWN_STACK_MAX))
        return;
    const struct calls_place place = place_of(thread, base);
    calls_jump(&thread->calls, &place, jumper, sp, clock_ticks());
}

void root_call_begin(struct call_frame *call, bool is_jump)
{
    uint32_t epoch = attach_epoch();
    if (call->record->flags & HOOK_NOT_A_LEAF)
        call->thread = __builtin_thread_pointer();
    struct thread *thread = thread_current(epoch);
    if (thread == NULL)
        return;
    const struct calls_place place = place_of(thread, find_base(thread, call));
    call->epoch = epoch;
    if (!is_jump)
        calls_begin(&thread->calls, &place, call);
    else if (!calls_are_within(&thread->calls, &place, call))
        atomic_fetch_add_explicit(&trace_segment.header->unseen_calls, 1, memory_order_relaxed);
}

/* The thread that has made the call, if it was another one; else NULL. */
static struct thread *other_thread(const struct call_frame *call)
{
    bool is_known = call->node || call->record->flags & HOOK_NOT_A_LEAF;
    if (!is_known || call->thread == __builtin_thread_pointer())
        return NULL;
    struct thread *thread = thread_find((uint64_t)call->thread);
    return thread && thread->epoch == call->epoch ? thread : NULL;
}

void root_call_end(struct thread *thread, struct call_frame *call, uint64_t ticks)
{
    struct thread *other = other_thread(call);
    if (other) {
        calls_end_elsewhere(&other->calls, call, ticks);
        return;
    }
    const struct calls_place place = place_of(thread, 0);
    calls_end(&thread->calls, &place, call, ticks);
}
