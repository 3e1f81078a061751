/*
 * test_period.c - what has happened between two snapshots of a trace: with random programs, whose
 * calls are simulated, and with traces that are not the same.
 */
// needs: cli
#include "trace/period/period.h"

#include <stdlib.h>
#include <string.h>

#include "../../../trace_builder.h"
#include "suite.h"
#include "trace/file.h"
#include "trace/snapshot.h"

#define LEAVES 6
#define SLOTS  4 /* calls of a leaf that can be open at once */
#define EVENTS 200
#define SEEDS  300

static struct trace_builder builder;
static uint64_t clock_ns;
static uint64_t begun_ns; /* of the period */

/* A leaf of the simulated program. */
static struct simulated {
    trace_index record, block, object_calls;
    uint64_t since[SLOTS];   /* 0: no call */
    uint64_t entered, ended; /* in the period */
    uint64_t carried;        /* open when it began */
    uint64_t waited_ns;      /* in the period, by calls that have ended */
    uint64_t buckets[2];     /* likewise: calls that took less than 1000 ns, and others */
} leaves[LEAVES];
static size_t leaf_count;
static trace_index module, thread, name, frame, object;

static void begin_program(void)
{
    trace_begin(&builder);
    memset(leaves, 0, sizeof leaves);
    leaf_count = 0;
    clock_ns = begun_ns = 1000000;
    trace_header_of(&builder)->start_ns = 500000;
    module = trace_add_module(&builder, "/prog");
    thread = trace_add_thread(&builder, 100, "prog");
    name = trace_add_leaf_name(&builder, "read");
    struct trace_object *file = trace_add_object(&builder, TRACE_OBJECT_FILE, "/file");
    object = trace_index_of_object(&builder, file);
    trace_header_of(&builder)->program = module;
}

static void add_leaf(void)
{
    static const uint32_t none[TRACE_DURATION_BUCKETS];
    struct simulated *leaf = &leaves[leaf_count++];
    struct trace_node *node = trace_add_node(&builder, TRACE_FRAME, 0, module, thread);
    node->address = 0x1000 * leaf_count;
    frame = trace_index_of(&builder, node);
    node = trace_add_node(&builder, TRACE_LEAF, frame, name, thread);
    leaf->record = trace_index_of(&builder, node);
    trace_add_durations(&builder, node, none);
    leaf->object_calls = (trace_index)((union trace_record *)trace_add_object_calls(&builder,
                                           leaf->record, &builder.records[object].object, 0, 0) -
                                       builder.records);
    leaf->block = trace_add_open_block(&builder, SLOTS);
}

static void enter(struct simulated *leaf, unsigned slot)
{
    struct trace_node *node = &builder.records[leaf->record].node;
    leaf->since[slot] = clock_ns;
    leaf->entered++;
    node->hits++;
    node->entered = clock_ns;
    builder.records[leaf->object_calls].object_calls.hits++;
    trace_open_call(&builder, leaf->block + slot, leaf->record,
        &builder.records[leaf->object_calls].object_calls, clock_ns);
}

static void leave(struct simulated *leaf, unsigned slot)
{
    struct trace_node *node = &builder.records[leaf->record].node;
    struct trace_object_calls *calls = &builder.records[leaf->object_calls].object_calls;
    uint64_t since = leaf->since[slot], took = clock_ns - since;
    unsigned bucket = took >= 1000;
    leaf->waited_ns += clock_ns - (since > begun_ns ? since : begun_ns);
    leaf->ended++;
    leaf->buckets[bucket]++;
    leaf->since[slot] = 0;
    node->returns++;
    node->ticks += took;
    node->longest = took > node->longest ? took : node->longest;
    builder.records[leaf->record + 1].durations.counts[bucket]++;
    calls->returns++;
    calls->ticks += took;
    calls->longest = took > calls->longest ? took : calls->longest;
    builder.records[leaf->block + slot].open_call.since = 0;
    builder.records[leaf->block + slot].open_call.node = 0;
}

/* Frames of calls have the keys of their slots, which come again. */
static void run(unsigned events)
{
    for (unsigned i = 0; i < events; i++) {
        clock_ns += 1 + (uint64_t)(rand() % 2000);
        if (leaf_count < LEAVES && rand() % 20 == 0)
            add_leaf();
        if (leaf_count == 0)
            continue;
        struct simulated *leaf = &leaves[(size_t)rand() % leaf_count];
        unsigned slot = (unsigned)rand() % SLOTS;
        if (leaf->since[slot])
            leave(leaf, slot);
        else
            enter(leaf, slot);
    }
    clock_ns += 5;
}

static struct snapshot *look(void)
{
    struct snapshot *snapshot = NULL;
    const char *why;
    ck_assert_int_eq(snapshot_parse(&builder, trace_size(&builder), &snapshot, &why), 0);
    ck_assert_uint_eq(snapshot->malformed, 0);
    snapshot->taken_ns = clock_ns;
    snapshot->is_running = true;
    snapshot->usage = (struct process_usage){
        .begun_ns = 500000, .wall_ns = clock_ns - 500000, .user_ns = clock_ns / 2};
    return snapshot;
}

static void begin_period(void)
{
    begun_ns = clock_ns;
    for (size_t i = 0; i < leaf_count; i++) {
        struct simulated *leaf = &leaves[i];
        leaf->entered = leaf->ended = leaf->waited_ns = leaf->carried = 0;
        leaf->buckets[0] = leaf->buckets[1] = 0;
        for (unsigned slot = 0; slot < SLOTS; slot++)
            leaf->carried += leaf->since[slot] != 0;
    }
}

static struct snapshot *period_between(const struct snapshot *former, const struct snapshot *now)
{
    struct snapshot *made = NULL;
    ck_assert_int_eq(snapshot_of_period(&made, former, now), 0);
    return made;
}

/* Returns the leaf below the frame with this address; NULL: it is left out. */
static const struct snapshot_node *find_leaf(const struct snapshot *snapshot, uint64_t address)
{
    for (size_t i = 0; i < snapshot->node_count; i++) {
        const struct snapshot_node *node = &snapshot->nodes[i];
        if (node->kind == SNAPSHOT_LEAF && snapshot->nodes[node->caller].address == address)
            return node;
    }
    return NULL;
}

static uint64_t bucket_of(const struct histogram *histogram, unsigned bucket)
{
    bool has = bucket >= histogram->first && bucket - histogram->first < histogram->size;
    return has ? histogram->counts[bucket - histogram->first] : 0;
}

static void check_open_calls(
    const struct snapshot *made, const struct snapshot_node *node, const struct simulated *leaf)
{
    size_t open = 0, is_open = 0;
    for (unsigned slot = 0; slot < SLOTS; slot++)
        is_open += leaf->since[slot] != 0;
    for (size_t i = 0; i < made->open_call_count; i++)
        open += &made->nodes[made->open_calls[i].node] == node;
    ck_assert_uint_eq(open, is_open);
    ck_assert_uint_eq(made->leaves[node->leaf].hits - made->leaves[node->leaf].returns, open);
}

static void check_object(
    const struct snapshot *made, const struct snapshot_node *node, const struct simulated *leaf)
{
    size_t count = 0;
    const struct snapshot_object_calls *calls = objects_of(
        &made->objects, (uint32_t)(node - made->nodes), &count);
    ck_assert_uint_eq(count, 1);
    ck_assert_uint_eq(calls->hits, leaf->entered + leaf->carried);
    ck_assert_uint_eq(calls->total_ns, leaf->waited_ns);
    ck_assert_str_eq(made->objects.list[calls->object].text, "/file");
}

static void check_leaf(const struct snapshot *made, size_t index)
{
    const struct simulated *leaf = &leaves[index];
    const struct snapshot_node *node = find_leaf(made, 0x1000 * (index + 1));
    if (leaf->entered + leaf->carried == 0) {
        ck_assert_ptr_null(node);
        return;
    }
    ck_assert_ptr_nonnull(node);
    const struct snapshot_leaf *counted = &made->leaves[node->leaf];
    ck_assert_uint_eq(counted->hits, leaf->entered + leaf->carried);
    ck_assert_uint_eq(counted->returns, leaf->ended);
    ck_assert_uint_eq(counted->total_ns, leaf->waited_ns);
    ck_assert_uint_eq(bucket_of(&counted->durations, 0), leaf->buckets[0]);
    ck_assert_uint_eq(bucket_of(&counted->durations, 1), leaf->buckets[1]);
    ck_assert_uint_eq(histogram_calls(&counted->durations), leaf->ended);
    check_open_calls(made, node, leaf);
    check_object(made, node, leaf);
}

START_TEST(a_period_is_what_the_program_did_in_it)
{
    srand((unsigned)_i);
    begin_program();
    run((unsigned)(rand() % EVENTS));
    struct snapshot *former = look();
    begin_period();
    run((unsigned)(rand() % EVENTS));
    struct snapshot *now = look(), *made = period_between(former, now);
    for (size_t i = 0; i < leaf_count; i++)
        check_leaf(made, i);
    ck_assert_uint_eq(made->usage.begun_ns, former->taken_ns);
    ck_assert_uint_eq(made->usage.wall_ns, now->taken_ns - former->taken_ns);
    ck_assert_uint_eq(made->usage.user_ns, now->taken_ns / 2 - former->taken_ns / 2);
    snapshot_destroy(made);
    snapshot_destroy(former);
    snapshot_destroy(now);
}
END_TEST

START_TEST(periods_add_up_to_the_whole)
{
    srand((unsigned)_i);
    begin_program();
    struct snapshot *former = NULL, *now = NULL;
    uint64_t ns = 0, ended = 0, whole_ns = 0, whole_ended = 0;
    for (int period = 0; period < 5; period++) {
        run((unsigned)(rand() % EVENTS));
        now = look();
        struct snapshot *made = period_between(former, now);
        for (size_t i = 0; i < made->leaf_count; i++) {
            ns += made->leaves[i].total_ns;
            ended += made->leaves[i].returns;
        }
        for (size_t i = 0; i < made->open_call_count; i++) {
            uint64_t since = made->open_calls[i].since_ns;
            uint64_t from = former && former->taken_ns > since ? former->taken_ns : since;
            ns += now->taken_ns - from;
        }
        snapshot_destroy(made);
        snapshot_destroy(former);
        former = now;
    }
    for (size_t i = 0; i < now->leaf_count; i++) {
        whole_ns += now->leaves[i].total_ns;
        whole_ended += now->leaves[i].returns;
    }
    for (size_t i = 0; i < now->open_call_count; i++)
        whole_ns += now->taken_ns - now->open_calls[i].since_ns;
    ck_assert_uint_eq(ended, whole_ended);
    ck_assert_uint_eq(ns, whole_ns);
    snapshot_destroy(now);
}
END_TEST

START_TEST(nothing_happened_is_an_empty_period)
{
    srand(1);
    begin_program();
    run(EVENTS);
    for (size_t i = 0; i < leaf_count; i++)
        for (unsigned slot = 0; slot < SLOTS; slot++)
            if (leaves[i].since[slot])
                leave(&leaves[i], slot);
    struct snapshot *former = look(), *now = look(), *made = period_between(former, now);
    ck_assert_uint_eq(made->node_count, 0);
    ck_assert_uint_eq(made->leaf_count, 0);
    ck_assert_uint_eq(made->objects.call_count, 0);
    snapshot_destroy(made);
    snapshot_destroy(former);
    snapshot_destroy(now);
}
END_TEST

START_TEST(counters_that_go_backwards_count_nothing)
{
    begin_program();
    add_leaf();
    for (int i = 0; i < 20; i++) {
        enter(&leaves[0], 0);
        clock_ns += 10;
        leave(&leaves[0], 0);
    }
    struct snapshot *former = look();
    struct trace_node *node = &builder.records[leaves[0].record].node;
    node->hits = node->returns = 3;
    node->ticks = 5;
    memset(&builder.records[leaves[0].record + 1].durations.counts, 0, sizeof(uint32_t));
    struct snapshot *now = look(), *made = period_between(former, now);
    ck_assert_uint_eq(made->leaf_count, 0);
    snapshot_destroy(made);
    snapshot_destroy(former);
    snapshot_destroy(now);
}
END_TEST

START_TEST(the_longest_call_is_known_if_it_is_new)
{
    begin_program();
    add_leaf();
    enter(&leaves[0], 0);
    clock_ns += 5000;
    leave(&leaves[0], 0);
    struct snapshot *former = look();
    enter(&leaves[0], 0);
    clock_ns += 10;
    leave(&leaves[0], 0);
    struct snapshot *now = look(), *made = period_between(former, now);
    ck_assert(made->leaves[0].durations.is_longest_most);
    ck_assert_uint_ge(made->leaves[0].longest_ns, 10);
    ck_assert_uint_lt(made->leaves[0].longest_ns, 5000);
    ck_assert_uint_eq(made->leaves[0].longest_ns, made->leaves[0].durations.longest_ns);
    snapshot_destroy(made);
    snapshot_destroy(former);
    former = now;
    enter(&leaves[0], 0);
    clock_ns += 7000;
    leave(&leaves[0], 0);
    now = look();
    made = period_between(former, now);
    ck_assert(!made->leaves[0].durations.is_longest_most);
    ck_assert_uint_eq(made->leaves[0].longest_ns, 7000);
    snapshot_destroy(made);
    snapshot_destroy(former);
    snapshot_destroy(now);
}
END_TEST

/* The record of the call that is open was read before that call began: it is an older one's. */
START_TEST(a_record_of_an_older_call_is_none)
{
    begin_program();
    add_leaf();
    enter(&leaves[0], 0);
    clock_ns += 5000;
    uint64_t since = leaves[0].since[0];
    leave(&leaves[0], 0);
    enter(&leaves[0], 1);
    builder.records[leaves[0].block + 1].open_call.since = since;
    clock_ns += 100;
    struct snapshot *former = look();
    former->listed_ns = leaves[0].since[1] - 1;
    clock_ns += 50;
    leave(&leaves[0], 1);
    struct snapshot *now = look(), *made = period_between(former, now);
    ck_assert_uint_eq(made->leaves[0].total_ns, 50);
    snapshot_destroy(made);
    snapshot_destroy(former);
    snapshot_destroy(now);
}
END_TEST

START_TEST(traces_of_others_are_told_apart)
{
    begin_program();
    add_leaf();
    struct snapshot *one = look(), *other = look();
    ck_assert(snapshot_is_of_same_trace(one, other));
    other->start_ns++;
    ck_assert(!snapshot_is_of_same_trace(one, other));
    other->start_ns--;
    other->forked = !other->forked;
    ck_assert(!snapshot_is_of_same_trace(one, other));
    snapshot_destroy(one);
    snapshot_destroy(other);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("period");
    TCase *tests = tcase_create("period");
    tcase_add_loop_test(tests, a_period_is_what_the_program_did_in_it, 0, SEEDS);
    tcase_add_loop_test(tests, periods_add_up_to_the_whole, 0, SEEDS);
    tcase_add_test(tests, nothing_happened_is_an_empty_period);
    tcase_add_test(tests, counters_that_go_backwards_count_nothing);
    tcase_add_test(tests, the_longest_call_is_known_if_it_is_new);
    tcase_add_test(tests, a_record_of_an_older_call_is_none);
    tcase_add_test(tests, traces_of_others_are_told_apart);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
