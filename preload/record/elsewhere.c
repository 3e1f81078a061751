/*
 * elsewhere.c - counts calls that end in other threads than they began in.
 */
#include "record/elsewhere.h"

#include "base/counter.h"
#include "record/durations.h"
#include "base/forbidden.h"

/* The leaf's record for such calls. It is made for the first one; 0: there is no room. If several
 * threads make one at the same time, only one is used. */
static trace_index elsewhere_find(struct segment *segment, struct trace_node *leaf)
{
    trace_index index = atomic_load_explicit(&leaf->elsewhere, memory_order_acquire);
    if (index)
        return index;
    trace_index fresh = segment_claim(segment, 1);
    if (fresh == 0)
        return 0;
    segment_record(segment, fresh)->elsewhere.node = segment_index(segment, leaf);
    segment_publish(segment_record(segment, fresh), TRACE_LEFT_ELSEWHERE);
    bool is_first = atomic_compare_exchange_strong_explicit(
        &leaf->elsewhere, &index, fresh, memory_order_acq_rel, memory_order_acquire);
    return is_first ? fresh : index;
}

/* Without room it counts at the leaf: the leaf's own thread counts without a lock, and may
 * overwrite this. */
static void add(struct segment *segment, struct trace_node *leaf, uint64_t ticks)
{
    trace_index index = elsewhere_find(segment, leaf);
    if (index == 0) {
        atomic_fetch_add_explicit(&leaf->returns, 1, memory_order_relaxed);
        atomic_fetch_add_explicit(&leaf->ticks, ticks, memory_order_relaxed);
        return;
    }
    struct trace_elsewhere *record = &segment_record(segment, index)->elsewhere;
    atomic_fetch_add_explicit(&record->ticks, ticks, memory_order_relaxed);
    counter_raise(&record->longest, ticks);
    atomic_fetch_add_explicit(&record->returns, 1, memory_order_relaxed);
}

void elsewhere_leave(struct segment *segment, struct trace_node *leaf, uint64_t ticks)
{
    durations_add_elsewhere(leaf, ticks);
    add(segment, leaf, ticks);
}

void elsewhere_end(struct segment *segment, struct trace_node *leaf)
{
    add(segment, leaf, 0);
}
