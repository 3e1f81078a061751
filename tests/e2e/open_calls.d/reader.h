/*
 * reader.h - lets a target of the tests read the open calls in its own trace.
 */
#ifndef READER_H
#define READER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "../objects.d/own_trace.h"

struct open_call {
    uint64_t since, key;
    trace_index node;
};

/* As trace_format.h says. Returns whether a call was open. */
static inline bool reader_look(const struct trace_open_call *record, struct open_call *call)
{
    call->since = atomic_load_explicit(&record->since, memory_order_acquire);
    call->node = atomic_load_explicit(&record->node, memory_order_acquire);
    call->key = atomic_load_explicit(&record->key, memory_order_acquire);
    uint64_t again = atomic_load_explicit(&record->since, memory_order_acquire);
    return call->since && call->since == again && call->node;
}

struct reader_sum {
    const char *leaf;
    long count;
};

static inline void reader_see(const struct trace_open_call *record, void *argument)
{
    struct reader_sum *sum = argument;
    struct open_call call;
    char name[256];
    if (!reader_look(record, &call))
        return;
    own_trace_text(name, own_trace[own_trace[call.node].node.leaf_name].leaf_name.name);
    sum->count += strcmp(name, sum->leaf) == 0;
}

/* Returns how many calls of the leaf are open. */
static inline long reader_count(const char *leaf)
{
    struct reader_sum sum = {leaf, 0};
    if (own_trace == NULL)
        own_trace_map();
    own_trace_each_open(reader_see, &sum);
    return sum.count;
}

/* The sums of what the leaf's nodes count: calls entered less calls left, wherever that was. */
static inline long reader_unreturned(const char *leaf)
{
    long sum = 0;
    if (own_trace == NULL)
        own_trace_map();
    uint32_t used = atomic_load(&((struct trace_header *)own_trace)->used);
    for (uint32_t i = TRACE_FIRST_RECORD; i < used; i++) {
        const union trace_record *record = &own_trace[i];
        char name[256];
        if (record->kind == TRACE_LEFT_ELSEWHERE)
            record = &own_trace[record->elsewhere.node];
        if (record->kind != TRACE_LEAF)
            continue;
        own_trace_text(name, own_trace[record->node.leaf_name].leaf_name.name);
        if (strcmp(name, leaf) != 0)
            continue;
        if (own_trace[i].kind == TRACE_LEFT_ELSEWHERE)
            sum -= (long)own_trace[i].elsewhere.returns;
        else
            sum += (long)(record->node.hits - record->node.returns);
    }
    return sum;
}

#endif
