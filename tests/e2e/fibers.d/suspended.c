/*
 * suspended.c - reads from the target's own trace which fibers are suspended.
 */
#include "suspended.h"

#include <dlfcn.h>
#include <stdbool.h>

#include "../objects.d/own_trace.h"

#define STACKS 65536 /* a power of two, more than any target has */

/* Of several open calls on one stack only the latest counts (TRACE_NAME_SWITCHES). */
static struct stack {
    uint64_t base, since;
    trace_index node;
} stacks[STACKS];

static void map(void)
{
    if (own_trace)
        munmap(own_trace, own_trace_size);
    own_trace_map();
}

static bool is_switch(trace_index node)
{
    return own_trace[own_trace[node].node.leaf_name].leaf_name.flags & TRACE_NAME_SWITCHES;
}

/* A call whose stack is not known stands for itself. */
static void note(const struct trace_open_call *call, trace_index node)
{
    uint64_t base = call->base ? call->base : call->key;
    size_t at = base / 16 * 0x9e3779b1u % STACKS;
    while (stacks[at].node && stacks[at].base != base)
        at = (at + 1) % STACKS;
    if (stacks[at].node == 0 || stacks[at].since < call->since)
        stacks[at] = (struct stack){base, call->since, node};
}

static void see(const struct trace_open_call *call, void *argument)
{
    trace_index node = call->node;
    (void)argument;
    if (node && call->since && is_switch(node))
        note(call, node);
}

static void read_calls(void)
{
    map();
    memset(stacks, 0, sizeof stacks);
    own_trace_each_open(see, NULL);
}

static bool is_from(trace_index node, const char *function)
{
    while ((node = own_trace[node].node.caller) != 0) {
        const struct trace_node *frame = &own_trace[node].node;
        Dl_info found;
        uint64_t address = own_trace[frame->module].module.bias + frame->address - 1;
        if (frame->module && dladdr((void *)address, &found) && found.dli_sname &&
            strcmp(found.dli_sname, function) == 0)
            return true;
    }
    return false;
}

long suspended_in(const char *function)
{
    long count = 0;
    read_calls();
    for (size_t i = 0; i < STACKS; i++)
        count += stacks[i].node && (function == NULL || is_from(stacks[i].node, function));
    return count;
}

long suspended_calls(void)
{
    long sum = 0;
    map();
    uint32_t used = ((struct trace_header *)own_trace)->used;
    for (uint32_t i = TRACE_FIRST_RECORD; i < used; i++) {
        const union trace_record *record = &own_trace[i];
        if (record->kind == TRACE_LEAF && is_switch(i))
            sum += (long)(record->node.hits - record->node.returns);
        if (record->kind == TRACE_LEFT_ELSEWHERE && is_switch(record->elsewhere.node))
            sum -= (long)record->elsewhere.returns;
    }
    return sum;
}

void suspended_compare(const char *function, long expected)
{
    long found = suspended_in(function);
    printf("%s: %ld suspended", function, found);
    if (found != expected)
        printf(" instead of %ld", expected);
    printf("\n");
    fflush(stdout);
}
