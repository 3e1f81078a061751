/*
 * untraced_program.c - counts programs that are executed and not traced.
 */
#include "trace/untraced_program.h"

#include <stdbool.h>

#include "base/kernel.h"
#include "base/text.h"
#include "base/forbidden.h"

/* Makes a record that is not in the list yet. Returns its index, or 0. */
static trace_index untraced_program_make(
    struct segment *segment, const char *path, size_t length, uint32_t reason, uint64_t hash)
{
    struct trace_string text = segment_text(segment, path, length);
    trace_index index = text.first ? segment_claim(segment, 1) : 0;
    if (index == 0)
        return 0;
    struct trace_untraced_program *record = &segment_record(segment, index)->untraced;
    record->reason = reason;
    record->path = text;
    record->hash = hash;
    return index;
}

/* Puts the record into the place if that is empty. Returns the index that is there then. */
static trace_index untraced_program_put(
    _Atomic trace_index *place, struct segment *segment, trace_index index)
{
    trace_index former = 0;
    /* Pairs with the acquire in untraced_program_count: a process that finds the record can compare
     * it. */
    if (!atomic_compare_exchange_strong_explicit(
            place, &former, index, memory_order_acq_rel, memory_order_acquire))
        return former;
    segment_publish(segment_record(segment, index), TRACE_UNTRACED);
    return index;
}

_Atomic uint64_t *untraced_program_count(
    struct segment *segment, const char *path, size_t length, uint32_t reason)
{
    struct trace_header *header = segment->header;
    _Atomic uint64_t *counter = &header->untraced_more;
    uint64_t hash = text_hash(TEXT_HASH ^ reason, path, length);
    trace_index made = 0;
    for (unsigned i = 0; i < TRACE_UNTRACED_MAX; i++) {
        trace_index index = atomic_load_explicit(&header->untraced[i], memory_order_acquire);
        if (index == 0 && made == 0)
            made = untraced_program_make(segment, path, length, reason, hash);
        if (index == 0 && made != 0)
            index = untraced_program_put(&header->untraced[i], segment, made);
        if (index == 0 || !segment_can_read(segment, index))
            break;
        struct trace_untraced_program *record = &segment_record(segment, index)->untraced;
        if (record->hash == hash && record->reason == reason) {
            counter = &record->count;
            break;
        }
    }
    atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
    return counter;
}
