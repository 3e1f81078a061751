/*
 * fibers.c - the latest call of each stack that has switched to another one.
 *
 * The table says in which record a stack's call may be; the record itself says whether it is. So it
 * does no harm if threads that use a slot at the same time mix their words, or if a handler
 * interrupts one of them: at worst a record stays in use until the thread that has it finds that
 * the call is over (open_calls.c).
 */
#include "record/fibers.h"

#include <stddef.h>

#include "base/pool.h"
#include "record/open_calls.h"
#include "base/forbidden.h"

#define FIRST_CAPACITY 256u /* slots, a power of two */
#define CAPACITY_MAX   (1u << 20)
#define NEAR           8u /* a stack's slot is one of so many */

struct slot {
    _Atomic uint64_t base; /* 0: never used */
    _Atomic trace_index call;
};

struct stacks {
    uint32_t capacity;
    struct slot slots[];
};

/* Smaller tables stay where they are: another thread may be reading them. */
static struct stacks *_Atomic stacks;

/* --- the table --- */

static struct slot *fibers_slot_at(struct stacks *table, uint64_t base, uint32_t i)
{
    uint64_t hash = base * UINT64_C(0x9e3779b97f4a7c15) >> 32;
    return &table->slots[((uint32_t)hash + i) & (table->capacity - 1)];
}

/* The open call of the stack that the slot has, or NULL. */
static struct trace_open_call *call_of(const struct segment *segment, const struct slot *slot)
{
    uint64_t base = atomic_load_explicit(&slot->base, memory_order_relaxed);
    trace_index index = atomic_load_explicit(&slot->call, memory_order_relaxed);
    if (index == 0 || index >= atomic_load_explicit(&segment->committed, memory_order_relaxed))
        return NULL;
    struct trace_open_call *record = open_call_at(segment, index);
    bool is_call = atomic_load_explicit(&record->kind, memory_order_acquire) == TRACE_OPEN_CALL;
    return is_call && atomic_load_explicit(&record->node, memory_order_acquire) &&
                   atomic_load_explicit(&record->base, memory_order_relaxed) == base
               ? record
               : NULL;
}

/* The slot of the stack, or one without an open call; NULL: there is none. */
static struct slot *find_slot(const struct segment *segment, struct stacks *table, uint64_t base)
{
    struct slot *found = NULL;
    for (uint32_t i = 0; i < NEAR; i++) {
        struct slot *slot = fibers_slot_at(table, base, i);
        if (atomic_load_explicit(&slot->base, memory_order_relaxed) == base)
            return slot;
        if (found == NULL && call_of(segment, slot) == NULL)
            found = slot;
    }
    return found;
}

static void fibers_put(struct slot *slot, uint64_t base, trace_index call)
{
    atomic_store_explicit(&slot->base, base, memory_order_relaxed);
    atomic_store_explicit(&slot->call, call, memory_order_relaxed);
}

static void copy_open(
    const struct segment *segment, struct stacks *table, const struct stacks *former)
{
    for (uint32_t i = 0; i < former->capacity; i++) {
        const struct slot *slot = &former->slots[i];
        uint64_t base = atomic_load_explicit(&slot->base, memory_order_relaxed);
        struct slot *to = call_of(segment, slot) ? find_slot(segment, table, base) : NULL;
        if (to)
            fibers_put(to, base, atomic_load_explicit(&slot->call, memory_order_relaxed));
    }
}

/* Makes the first table, or a larger one than `former`. Returns the one that is used then. */
static struct stacks *make_table(const struct segment *segment, struct stacks *former)
{
    uint32_t capacity = former ? former->capacity * 2 : FIRST_CAPACITY;
    size_t size = sizeof(struct stacks) + capacity * sizeof(struct slot);
    struct stacks *table = capacity <= CAPACITY_MAX ? pool_take(size) : NULL;
    if (table == NULL)
        return former;
    table->capacity = capacity;
    if (former)
        copy_open(segment, table, former);
    if (atomic_compare_exchange_strong_explicit(
            &stacks, &former, table, memory_order_acq_rel, memory_order_acquire))
        return table;
    pool_give(table, size);
    return former;
}

void fibers_forget_all(void)
{
    atomic_store_explicit(&stacks, NULL, memory_order_relaxed);
}

/* --- what the path of a call says --- */

/* What is known of the leaf's path. */
enum { NOT_KNOWN, PLAIN, WITHIN_SWITCH, WITHIN_END };

/* The flags of the leaf by whose hook the frame was called, or 0. */
static uint32_t flags_within(const struct segment *segment, const struct trace_node *frame)
{
    trace_index name = (trace_index)(frame->flags >> TRACE_WITHIN_LEAF_SHIFT);
    return name ? segment_record(segment, name)->leaf_name.flags : 0;
}

static uint32_t look_at_path(const struct segment *segment, trace_index leaf)
{
    uint32_t found = PLAIN;
    trace_index index = segment_record(segment, leaf)->node.caller;
    while (index) {
        const struct trace_node *frame = &segment_record(segment, index)->node;
        uint32_t within = flags_within(segment, frame);
        if (within & TRACE_NAME_ENDS)
            return WITHIN_END;
        if (within & TRACE_NAME_SWITCHES || frame->flags & TRACE_CUT)
            found = WITHIN_SWITCH;
        index = frame->caller;
    }
    return found;
}

static uint32_t path_of(const struct segment *segment, trace_index leaf)
{
    _Atomic uint32_t *known = &segment_record(segment, leaf + 2)->durations.objects;
    uint32_t answer = atomic_load_explicit(known, memory_order_relaxed);
    if (__builtin_expect(answer != NOT_KNOWN, 1))
        return answer;
    answer = look_at_path(segment, leaf);
    atomic_store_explicit(known, answer, memory_order_relaxed);
    return answer;
}

bool fibers_is_last(const struct segment *segment, trace_index leaf)
{
    return path_of(segment, leaf) == WITHIN_END;
}

/* --- calls --- */

/* The former call of the stack is over if its frame is not on the path. (It is if a function was
 * called on top of a suspended stack, as by ontop_fcontext.) */
void fibers_end_former(const struct open_call_place *place)
{
    struct stacks *table = atomic_load_explicit(&stacks, memory_order_acquire);
    struct slot *slot = table ? find_slot(place->segment, table, place->base) : NULL;
    if (slot == NULL || atomic_load_explicit(&slot->base, memory_order_relaxed) != place->base)
        return;
    struct trace_open_call *record = call_of(place->segment, slot);
    if (record && path_of(place->segment, place->leaf) != WITHIN_SWITCH)
        open_calls_end_over(place->segment, record);
}

void fibers_note(
    const struct open_call_place *place, const struct call_frame *call, bool is_own_stack)
{
    if (call->opened == 0)
        return;
    atomic_store_explicit(&open_call_at(place->segment, call->opened)->is_own_stack, is_own_stack,
        memory_order_relaxed);
    if (place->base == 0)
        return;
    struct stacks *table = atomic_load_explicit(&stacks, memory_order_acquire);
    struct slot *slot = table ? find_slot(place->segment, table, place->base) : NULL;
    if (slot == NULL) {
        table = make_table(place->segment, table);
        slot = table ? find_slot(place->segment, table, place->base) : NULL;
    }
    if (slot)
        fibers_put(slot, place->base, call->opened);
}
