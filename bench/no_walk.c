/*
 * no_walk.c - for a library that walks the stack once only: linked with --wrap=stack_hit.
 *
 * All further hits of the process count at the first one's node, so it serves a program with
 * one thread and one path.
 */
#include "walk/stack.h"

trace_index __real_stack_hit(
    struct stack *stack, const struct unwind_state *from, const uint64_t *saved, trace_index leaf);
trace_index __wrap_stack_hit(
    struct stack *stack, const struct unwind_state *from, const uint64_t *saved, trace_index leaf);

trace_index __wrap_stack_hit(
    struct stack *stack, const struct unwind_state *from, const uint64_t *saved, trace_index leaf)
{
    static trace_index first;
    if (first == 0)
        first = __real_stack_hit(stack, from, saved, leaf);
    return first;
}
