/*
 * stacks.c - which calls that have not returned are those of suspended fibers.
 *
 * A stack is suspended if its latest call has switched to another one: see TRACE_NAME_SWITCHES. All
 * other calls of a suspended stack are further out on it, so they are the fiber's, too.
 */
#include "trace/open/stacks.h"

#include <stdlib.h>

/* The latest one of a stack comes first. Without a clock, it is the innermost one. */
static int compare_stacks(const void *left, const void *right)
{
    const struct stack_call *a = left, *b = right;
    if (a->base != b->base)
        return a->base < b->base ? -1 : 1;
    if (a->call.since_ns && a->since != b->since)
        return a->since > b->since ? -1 : 1;
    return a->call.key < b->call.key ? -1 : a->call.key > b->call.key;
}

static enum open_owner stack_owner_of(
    const struct stack_call *call, bool is_latest, bool is_suspended)
{
    if (call->is_switch && (!is_latest || call->is_own_stack))
        return OPEN_NOBODY;
    return is_suspended ? OPEN_FIBER : OPEN_THREAD;
}

void open_stacks_settle(struct stack_call *calls, size_t count)
{
    bool is_suspended = false;
    if (count > 1)
        qsort(calls, count, sizeof *calls, compare_stacks);
    for (size_t i = 0; i < count; i++) {
        struct stack_call *call = &calls[i];
        bool is_latest = i == 0 || call->base == 0 || call->base != calls[i - 1].base;
        if (is_latest)
            is_suspended = call->is_switch && !call->is_own_stack;
        call->call.owner = stack_owner_of(call, is_latest, is_suspended);
    }
}
