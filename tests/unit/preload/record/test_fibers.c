/* test_fibers.c - which calls of functions that switch stacks are suspended fibers. */
// needs: preload/record/fibers.c preload/record/open_calls.c preload/record/elsewhere.c
// needs: preload/object/object_calls.c preload/object/objects.c preload/trace/segment.c
// needs: preload/base/kernel.c preload/base/pool.c preload/code/claim.c
#include "record/fibers.h"

#include <string.h>

#include "segment_fixture.h"
#include "suite.h"

#define FRAMES 3000

static struct call_frame frames[FRAMES];
static struct open_calls calls;
static trace_index plain; /* a leaf that switches stacks, whose path has no other one */

static trace_index make_name(uint32_t flags)
{
    trace_index index = segment_claim(&segment, 1);
    segment_record(&segment, index)->leaf_name.flags = flags;
    segment_publish(segment_record(&segment, index), TRACE_LEAF_NAME);
    return index;
}

/* Within the leaf of this name; 0: of none. */
static trace_index make_frame(trace_index caller, trace_index within, uint64_t flags)
{
    trace_index index = segment_claim(&segment, 1);
    struct trace_node *node = &segment_record(&segment, index)->node;
    node->caller = caller;
    node->flags = flags | (uint64_t)within << TRACE_WITHIN_LEAF_SHIFT;
    segment_publish(segment_record(&segment, index), TRACE_FRAME);
    return index;
}

static trace_index make_leaf(trace_index caller)
{
    trace_index index = segment_claim(&segment, TRACE_LEAF_RECORDS);
    segment_record(&segment, index)->node.caller = caller;
    segment_publish(segment_record(&segment, index), TRACE_LEAF);
    return index;
}

static void set_up(void)
{
    segment_set_up();
    memset(&calls, 0, sizeof calls);
    memset(frames, 0, sizeof frames);
    fibers_forget_all();
    plain = make_leaf(make_frame(make_frame(0, 0, TRACE_END_OF_STACK), 0, 0));
}

/* The stack with this base switches to another one, by a call of the leaf. */
static void suspend(size_t at, uint64_t base, trace_index leaf)
{
    struct open_call_place place = {&segment, leaf, base, 7};
    struct call_frame *call = &frames[at];
    call->node = &segment_record(&segment, leaf)->node;
    call->entered = 1 + at;
    call->node->hits++;
    fibers_end_former(&place);
    open_calls_take(&calls, &place, call);
    fibers_note(&place, call, false);
    open_calls_begin(&segment, call);
}

static bool resume(size_t at)
{
    bool is_open = open_calls_end(&segment, &frames[at]);
    frames[at].node->returns += is_open;
    return is_open;
}

static size_t count_open(void)
{
    size_t count = 0;
    trace_index first = segment.header->open_calls;
    for (; first; first = open_call_at(&segment, first)->next)
        for (trace_index i = 0; i < open_call_at(&segment, first)->count; i++)
            count += open_call_at(&segment, first + i)->node != 0;
    return count;
}

static size_t not_returned(trace_index leaf)
{
    const struct trace_node *node = &segment_record(&segment, leaf)->node;
    trace_index elsewhere = node->elsewhere;
    uint64_t returns = elsewhere ? segment_record(&segment, elsewhere)->elsewhere.returns : 0;
    return node->hits - node->returns - returns;
}

static void is_suspended(size_t expected)
{
    ck_assert_uint_eq(count_open(), expected);
    ck_assert_uint_eq(not_returned(plain), expected);
}

START_TEST(thousands_of_fibers_are_suspended_and_resumed)
{
    for (size_t round = 0; round < 5; round++) {
        for (size_t i = 0; i < FRAMES; i++)
            suspend(i, 0x1000000 + 64 * i, plain);
        is_suspended(FRAMES);
        for (size_t i = 0; i < FRAMES; i++)
            ck_assert(resume(i));
        is_suspended(0);
    }
}
END_TEST

START_TEST(a_stack_that_is_used_again_ends_the_former_fiber_wherever_its_frame_was)
{
    for (size_t i = 0; i < 100; i++)
        suspend(i, 0x1000000 + 64 * i, plain);
    for (size_t i = 0; i < 50; i++) /* further out */
        suspend(200 + i, 0x1000000 + 64 * i, plain);
    for (size_t i = 0; i < 50; i++) /* and deeper, with the frame as it was */
        suspend(100 + i, 0x1000000 + 64 * i, plain);
    is_suspended(100);
    ck_assert(!resume(0) && !resume(200));
    ck_assert(resume(100) && resume(99));
    is_suspended(98);
}
END_TEST

START_TEST(fibers_that_end_without_a_word_take_no_records_for_ever)
{
    for (size_t round = 0; round < 500; round++)
        for (size_t i = 0; i < 20; i++)
            suspend((round * 20 + i) % FRAMES, 0x1000000 + 64 * i, plain);
    is_suspended(20);
    ck_assert_uint_le(calls.blocks, 5);
}
END_TEST

START_TEST(a_stack_of_which_nothing_is_known_ends_nothing)
{
    suspend(1, 0, plain);
    suspend(2, 0, plain);
    is_suspended(2);
}
END_TEST

START_TEST(what_is_called_on_top_of_a_suspended_fiber_does_not_end_it)
{
    trace_index name = make_name(TRACE_NAME_SWITCHES);
    trace_index on_top = make_leaf(make_frame(make_frame(0, name, 0), 0, 0));
    suspend(100, 0x1000000, plain);
    suspend(50, 0x1000000, on_top);
    ck_assert_uint_eq(count_open(), 2);
    ck_assert(resume(50) && resume(100));
    is_suspended(0);
}
END_TEST

START_TEST(callers_that_are_not_known_may_be_suspended)
{
    trace_index cut = make_leaf(make_frame(make_frame(0, 0, TRACE_CUT), 0, 0));
    suspend(100, 0x1000000, plain);
    suspend(50, 0x1000000, cut);
    ck_assert_uint_eq(count_open(), 2);
}
END_TEST

START_TEST(only_a_path_through_an_end_is_a_last_one)
{
    trace_index ends = make_name(TRACE_NAME_ENDS), other = make_name(0);
    ck_assert(fibers_is_last(&segment, make_leaf(make_frame(make_frame(0, ends, 0), 0, 0))));
    ck_assert(fibers_is_last(&segment, make_leaf(make_frame(0, ends, 0))));
    ck_assert(!fibers_is_last(&segment, make_leaf(make_frame(make_frame(0, other, 0), 0, 0))));
    for (int i = 0; i < 2; i++) /* asked again, it is the same */
        ck_assert(!fibers_is_last(&segment, plain));
}
END_TEST

/* In a forked child, the record of that number can be anything. */
START_TEST(a_table_that_does_not_fit_the_trace_does_no_harm)
{
    for (size_t i = 0; i < 40; i++)
        suspend(i, 0x1000000 + 64 * i, plain);
    segment_tear_down();
    segment_set_up();
    memset(&calls, 0, sizeof calls);
    plain = make_leaf(make_frame(0, 0, 0));
    for (size_t i = 0; i < 60; i++)
        suspend(i, 0x1000000 + 64 * i, plain);
    is_suspended(60);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fibers");
    TCase *tests = tcase_create("fibers");
    tcase_add_checked_fixture(tests, set_up, segment_tear_down);
    tcase_add_test(tests, thousands_of_fibers_are_suspended_and_resumed);
    tcase_add_test(tests, a_stack_that_is_used_again_ends_the_former_fiber_wherever_its_frame_was);
    tcase_add_test(tests, fibers_that_end_without_a_word_take_no_records_for_ever);
    tcase_add_test(tests, a_stack_of_which_nothing_is_known_ends_nothing);
    tcase_add_test(tests, what_is_called_on_top_of_a_suspended_fiber_does_not_end_it);
    tcase_add_test(tests, callers_that_are_not_known_may_be_suspended);
    tcase_add_test(tests, only_a_path_through_an_end_is_a_last_one);
    tcase_add_test(tests, a_table_that_does_not_fit_the_trace_does_no_harm);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
