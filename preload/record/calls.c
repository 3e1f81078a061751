/*
 * calls.c - the calls of the root, each with a tree of its own (--each).
 */
#include "record/calls.h"

#include "base/clock.h"
#include "base/counter.h"
#include "base/kernel.h"
#include "base/pool.h"
#include "trace/segment.h"
#include "base/forbidden.h"

#define FIRST_CAPACITY 64
#define LAST_CAPACITY  65536
#define PLACES_FACTOR  4 /* places for each leaf that there is room for: a power of two */

/* Two frames that are not on the thread's own stack, and further apart than this, are on different
 * stacks. */
#define OTHER_STACK_MAX (UINT64_C(64) << 10)

struct calls_kept {
    uint64_t hash;
    trace_index call; /* 0: free */
};

uint32_t calls_limit;

static uint64_t calls_mix(uint64_t a, uint64_t b)
{
    uint64_t hash = (a * UINT64_C(0x9e3779b97f4a7c15)) ^ (b * UINT64_C(0xc2b2ae3d27d4eb4f));
    hash = (hash ^ hash >> 32) * UINT64_C(0xff51afd7ed558ccd);
    return hash ^ hash >> 29;
}

static struct trace_call *call_at(const struct segment *segment, trace_index index)
{
    return &segment_record(segment, index)->call;
}

static struct trace_call_leaf *leaf_at(
    const struct segment *segment, trace_index first, uint32_t number)
{
    return &segment_record(segment, first + number)->call_leaf;
}

static size_t places_size(uint32_t capacity)
{
    return (size_t)capacity * PLACES_FACTOR * sizeof(uint32_t);
}

/* The place of the node, or the free place for it. */
static uint32_t *calls_find_place(
    const struct calls *calls, const struct segment *segment, trace_index node)
{
    uint32_t mask = calls->capacity * PLACES_FACTOR - 1;
    uint32_t at = (uint32_t)calls_mix(node, 0) & mask;
    while (
        calls->places[at] && leaf_at(segment, calls->leaves, calls->places[at] - 1)->node != node)
        at = (at + 1) & mask;
    return &calls->places[at];
}

/* Makes room for twice as many leaves. */
static bool calls_enlarge(struct calls *calls, struct segment *segment)
{
    uint32_t capacity = calls->capacity ? calls->capacity * 2 : FIRST_CAPACITY;
    if (capacity > LAST_CAPACITY)
        return false;
    uint32_t *places = pool_take(places_size(capacity));
    trace_index leaves = places ? segment_claim(segment, capacity) : 0;
    if (leaves == 0) {
        if (places)
            pool_give(places, places_size(capacity));
        return false;
    }
    struct calls old = *calls;
    calls->leaves = leaves;
    calls->places = places;
    COMPILER_BARRIER(); /* see recover */
    calls->capacity = capacity;
    for (uint32_t i = 0; i < old.count; i++) {
        const struct trace_call_leaf *from = leaf_at(segment, old.leaves, i);
        struct trace_call_leaf *to = leaf_at(segment, leaves, i);
        *calls_find_place(calls, segment, from->node) = i + 1;
        to->node = from->node;
        to->hits = from->hits;
        to->ticks = from->ticks;
        segment_publish((union trace_record *)to, TRACE_CALL_LEAF);
    }
    call_at(segment, calls->current)->first = leaves;
    if (old.places)
        pool_give(old.places, places_size(old.capacity));
    return true;
}

static trace_index make_call(struct segment *segment, trace_index thread, uint32_t flags)
{
    trace_index index = segment_claim(segment, 1);
    if (index == 0)
        return 0;
    struct trace_call *call = call_at(segment, index);
    call->thread = thread;
    call->flags = flags;
    segment_publish(segment_record(segment, index), TRACE_CALL);
    return index;
}

static uint32_t kept_capacity(void)
{
    uint32_t capacity = 16;
    while (capacity < 2 * calls_limit)
        capacity *= 2;
    return capacity;
}

/* Makes what a thread needs for its first call. */
static bool calls_prepare(struct calls *calls, struct segment *segment, trace_index thread)
{
    if (calls->current == 0)
        calls->current = make_call(segment, thread, TRACE_CALL_OPEN);
    if (calls->kept == NULL)
        calls->kept = pool_take(kept_capacity() * sizeof *calls->kept);
    return calls->current && calls->kept && (calls->capacity || calls_enlarge(calls, segment));
}

/* Equal for lists that have the same leaves and hits, in any order. */
static uint64_t hash_list(const struct calls *calls, const struct segment *segment)
{
    uint64_t hash = call_at(segment, calls->current)->flags;
    for (uint32_t i = 0; i < calls->count; i++) {
        const struct trace_call_leaf *leaf = leaf_at(segment, calls->leaves, i);
        hash += calls_mix(leaf->node, leaf->hits);
    }
    return hash;
}

static struct calls_kept *find_kept(const struct calls *calls, uint64_t hash)
{
    uint64_t mask = kept_capacity() - 1, at = hash & mask;
    while (calls->kept[at].call && calls->kept[at].hash != hash)
        at = (at + 1) & mask;
    return &calls->kept[at];
}

/* Copies the open call's list to records of its own, which stay in the trace. */
static trace_index calls_keep(const struct calls *calls, struct segment *segment)
{
    trace_index first = segment_claim(segment, calls->count + 1);
    if (first == 0)
        return 0;
    const struct trace_call *current = call_at(segment, calls->current);
    for (uint32_t i = 0; i < calls->count; i++) {
        const struct trace_call_leaf *from = leaf_at(segment, calls->leaves, i);
        struct trace_call_leaf *to = leaf_at(segment, first, i);
        to->node = from->node;
        to->hits = from->hits;
        segment_publish((union trace_record *)to, TRACE_CALL_LEAF);
    }
    struct trace_call *call = call_at(segment, first + calls->count);
    call->thread = current->thread;
    call->first = first;
    call->leaves = calls->count;
    call->entered = current->entered;
    call->flags = current->flags & ~TRACE_CALL_OPEN;
    segment_publish(segment_record(segment, first + calls->count), TRACE_CALL);
    return first + calls->count;
}

static void add_times(const struct calls *calls, struct segment *segment, struct trace_call *to)
{
    for (uint32_t i = 0; i < to->leaves; i++) {
        struct trace_call_leaf *leaf = leaf_at(segment, to->first, i);
        uint32_t place = *calls_find_place(calls, segment, leaf->node);
        if (place)
            counter_add(&leaf->ticks, leaf_at(segment, calls->leaves, place - 1)->ticks);
    }
}

/* The record of the calls that were not kept, or 0. */
static trace_index find_rest(struct calls *calls, struct segment *segment)
{
    if (calls->rest == 0)
        calls->rest = make_call(segment, call_at(segment, calls->current)->thread, TRACE_CALL_REST);
    return calls->rest;
}

/* The record that must count the open call: the one of an equal call, a new one, or the one of the
 * rest. 0: there is no room for one. */
static trace_index find_counter(struct calls *calls, struct segment *segment)
{
    uint64_t hash = hash_list(calls, segment);
    struct calls_kept *kept = find_kept(calls, hash);
    if (kept->call)
        return kept->call;
    trace_index index = calls->kept_count < calls_limit ? calls_keep(calls, segment) : 0;
    if (index) {
        *kept = (struct calls_kept){hash, index};
        calls->kept_count++;
        return index;
    }
    return find_rest(calls, segment);
}

/* Frees the place of leaf `number`. Places that were passed to find it may already be free. */
static void free_place(const struct calls *calls, trace_index node, uint32_t number)
{
    uint32_t mask = calls->capacity * PLACES_FACTOR - 1, at = (uint32_t)calls_mix(node, 0) & mask;
    while (calls->places[at] != number + 1)
        at = (at + 1) & mask;
    calls->places[at] = 0;
}

static void clear_leaf(struct trace_call_leaf *leaf)
{
    leaf->hits = leaf->ticks = 0;
    leaf->node = 0;
}

/* From here on the call is not open. Before that, its counter shows whether it has ended. */
static void end_call(struct trace_call *current)
{
    atomic_store_explicit(&current->count, 0, memory_order_relaxed);
    atomic_store_explicit(&current->counter, 0, memory_order_release);
}

/* Counts the open call in the record `index`. */
static void count_call(
    struct segment *segment, struct trace_call *current, trace_index index, bool is_jumped)
{
    struct trace_call *counter = call_at(segment, index);
    uint64_t count = atomic_load_explicit(&counter->count, memory_order_relaxed);
    atomic_store_explicit(&current->counted, count + 1, memory_order_relaxed);
    atomic_store_explicit(&current->counter, index, memory_order_release);
    counter_add(&counter->jumped, is_jumped);
    atomic_store_explicit(&counter->count, count + 1, memory_order_release);
}

static bool is_counted(struct segment *segment, const struct trace_call *current)
{
    trace_index counter = atomic_load_explicit(&current->counter, memory_order_relaxed);
    return counter && atomic_load_explicit(&call_at(segment, counter)->count,
                          memory_order_relaxed) >= current->counted;
}

/* Clears the record of the open call for the next one. */
static void clear(struct calls *calls, struct segment *segment)
{
    struct trace_call *current = call_at(segment, calls->current);
    end_call(current);
    for (uint32_t i = 0; i < calls->count; i++) {
        struct trace_call_leaf *leaf = leaf_at(segment, calls->leaves, i);
        free_place(calls, leaf->node, i);
        clear_leaf(leaf);
    }
    calls->count = current->leaves = 0;
    current->flags = TRACE_CALL_OPEN;
}

static void finish(struct calls *calls, struct segment *segment, uint64_t ticks, bool is_jumped)
{
    trace_index index = find_counter(calls, segment);
    if (index) {
        struct trace_call *counter = call_at(segment, index);
        add_times(calls, segment, counter);
        counter_add(&counter->ticks, ticks);
        if (ticks > counter->longest)
            counter->longest = ticks;
        count_call(segment, call_at(segment, calls->current), index, is_jumped);
    }
    clear(calls, segment);
    calls->root = NULL;
}

/* Repairs the data after a signal handler has jumped away in the middle of a change: the list and
 * its places may be wrong. If the open call was not counted yet, it is counted as one of the rest.
 */
static void calls_recover(struct calls *calls, struct segment *segment)
{
    struct trace_call *current = calls->current ? call_at(segment, calls->current) : NULL;
    bool is_open = current && calls->root && atomic_load(&current->count) &&
                   !is_counted(segment, current);
    trace_index rest = is_open ? find_rest(calls, segment) : 0;
    if (rest)
        count_call(segment, current, rest, true);
    calls->root = NULL;
    calls->count = 0;
    for (uint32_t i = 0; i < calls->capacity; i++)
        clear_leaf(leaf_at(segment, calls->leaves, i));
    if (calls->places)
        memory_zero(calls->places, places_size(calls->capacity));
    if (current == NULL)
        return;
    end_call(current);
    current->leaves = 0;
    current->first = calls->leaves;
    current->flags = TRACE_CALL_OPEN;
}

/* Whether the caller may change the data. If so, it must call calls_end_work afterwards. */
static bool calls_begin_work(
    struct calls *calls, struct segment *segment, uint64_t stack_end, struct call_frame *call)
{
    enum claim_result result = claim_take(&calls->claim, call);
    if (__builtin_expect(result == CLAIM_REFUSED, 0))
        result = claim_inherit_left(&calls->claim, call, stack_end);
    if (__builtin_expect(result == CLAIM_INHERITED, 0))
        calls_recover(calls, segment);
    return result != CLAIM_REFUSED;
}

static void calls_end_work(struct calls *calls, struct call_frame *call)
{
    COMPILER_BARRIER();
    claim_release(&calls->claim, call);
}

/* Whether two frames are on the same stack, as far as is known. */
static bool is_one_stack(uint64_t a, uint64_t b, uint64_t stack_end)
{
    if (stack_end - a < CLAIM_OWN_STACK_MAX && stack_end - b < CLAIM_OWN_STACK_MAX)
        return true;
    return (a > b ? a - b : b - a) < OTHER_STACK_MAX;
}

/* Whether the open call was left by a jump: its frame lies in a part of the stack that has been
 * left. */
static bool is_left(const struct calls *calls, uint64_t stack_end, const struct call_frame *now)
{
    uint64_t root = (uint64_t)calls->root, at = (uint64_t)now;
    return at >= root && is_one_stack(root, at, stack_end) && !claim_is_on_alternate_stack();
}

void calls_begin(struct calls *calls, struct segment *segment, trace_index thread,
    uint64_t stack_end, struct call_frame *root)
{
    if (!calls_begin_work(calls, segment, stack_end, root))
        return;
    if (calls->root && is_left(calls, stack_end, root))
        finish(calls, segment, 0, true);
    if (calls->root == NULL && calls_prepare(calls, segment, thread)) {
        struct trace_call *current = call_at(segment, calls->current);
        atomic_store_explicit(&current->entered, clock_ticks(), memory_order_relaxed);
        atomic_store_explicit(&current->count, 1, memory_order_relaxed);
        calls->root = root;
    }
    calls_end_work(calls, root);
}

bool calls_are_within(
    struct calls *calls, struct segment *segment, uint64_t stack_end, struct call_frame *call)
{
    if (calls->root == NULL)
        return false;
    if (!calls_begin_work(calls, segment, stack_end, call))
        return true; /* made by a handler, within what that has interrupted */
    if (calls->root && is_left(calls, stack_end, call))
        finish(calls, segment, 0, true);
    bool are_within = calls->root != NULL;
    calls_end_work(calls, call);
    return are_within;
}

/* The leaf in the open call's list, or NULL if there is no room for it. */
static struct trace_call_leaf *calls_find_leaf(
    struct calls *calls, struct segment *segment, trace_index node)
{
    uint32_t *place = calls_find_place(calls, segment, node);
    if (*place)
        return leaf_at(segment, calls->leaves, *place - 1);
    if (calls->count == calls->capacity) {
        if (!calls_enlarge(calls, segment))
            return NULL;
        place = calls_find_place(calls, segment, node);
    }
    struct trace_call_leaf *leaf = leaf_at(segment, calls->leaves, calls->count++);
    *place = calls->count;
    leaf->node = node;
    segment_publish((union trace_record *)leaf, TRACE_CALL_LEAF);
    call_at(segment, calls->current)->leaves = calls->count;
    return leaf;
}

void calls_hit(struct calls *calls, struct segment *segment, uint64_t stack_end, trace_index node,
    struct call_frame *call)
{
    if (calls->root == NULL)
        return;
    if (!calls_begin_work(calls, segment, stack_end, call)) {
        call_at(segment, calls->current)->flags |= TRACE_CALL_INCOMPLETE;
        return;
    }
    if (calls->root && is_left(calls, stack_end, call)) {
        finish(calls, segment, 0, true);
    } else if (calls->root) {
        struct trace_call_leaf *leaf = calls_find_leaf(calls, segment, node);
        if (leaf)
            counter_add(&leaf->hits, 1);
        else
            call_at(segment, calls->current)->flags |= TRACE_CALL_INCOMPLETE;
    }
    calls_end_work(calls, call);
}

void calls_time(struct calls *calls, struct segment *segment, trace_index node, uint64_t ticks)
{
    if (calls->root == NULL || calls->claim.owner)
        return;
    uint32_t place = *calls_find_place(calls, segment, node);
    if (place)
        counter_add(&leaf_at(segment, calls->leaves, place - 1)->ticks, ticks);
}

void calls_end(struct calls *calls, struct segment *segment, uint64_t stack_end,
    struct call_frame *root, uint64_t ticks)
{
    if (calls->root != root || !calls_begin_work(calls, segment, stack_end, root))
        return;
    if (calls->root == root)
        finish(calls, segment, ticks, false);
    calls_end_work(calls, root);
}

void calls_continue(struct calls *calls)
{
    if (calls->root || calls->claim.owner)
        calls_reset(calls);
}

void calls_reset(struct calls *calls)
{
    if (calls->places)
        pool_give(calls->places, places_size(calls->capacity));
    if (calls->kept)
        pool_give(calls->kept, kept_capacity() * sizeof *calls->kept);
    memory_zero(calls, sizeof *calls);
}
