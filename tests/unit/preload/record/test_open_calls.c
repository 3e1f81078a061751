/* test_open_calls.c - the calls that have not returned, as a reader of the trace sees them. */
// needs: preload/record/open_calls.c preload/record/elsewhere.c preload/object/object_calls.c
// needs: preload/object/objects.c preload/trace/segment.c preload/base/kernel.c preload/base/pool.c
// needs: preload/code/claim.c
#include <string.h>

#include "record/open_calls.h"
#include "segment_fixture.h"
#include "suite.h"

#define FRAMES 3000

/* The frames as they lie on a stack: a deeper one has a lower address. The stack's outermost frame
 * lies above them. */
static struct call_frame frames[FRAMES];
static uint64_t stack_base;

static struct open_calls calls;
static trace_index leaf;

static void set_up(void)
{
    segment_set_up();
    memset(&calls, 0, sizeof calls);
    memset(frames, 0, sizeof frames);
    stack_base = (uint64_t)(frames + FRAMES);
    leaf = segment_claim(&segment, TRACE_LEAF_RECORDS);
}

static struct trace_node *node(void)
{
    return &segment_record(&segment, leaf)->node;
}

/* Begins a call of the frame on the stack with this base, at the time `since`. */
static void begin_on(size_t at, uint64_t base, uint64_t since)
{
    struct open_call_place place = {&segment, leaf, base, 7};
    struct call_frame *call = &frames[at];
    memset(call, 0, sizeof *call);
    call->node = node();
    call->entered = since;
    node()->hits++;
    open_calls_take(&calls, &place, call);
    open_calls_begin(&segment, call);
}

static void begin(size_t at, uint64_t since)
{
    begin_on(at, stack_base, since);
}

static bool end(size_t at)
{
    bool is_first = open_calls_end(&segment, &frames[at]);
    node()->returns += is_first;
    memset(&frames[at], 0, sizeof frames[at]);
    return is_first;
}

/* What a reader finds: follows the list of blocks. */
static size_t count_open(uint64_t *oldest)
{
    size_t count = 0, records = 0;
    *oldest = UINT64_MAX;
    trace_index first = segment.header->open_calls;
    for (; first; first = open_call_at(&segment, first)->next) {
        for (trace_index i = 0; i < open_call_at(&segment, first)->count; i++) {
            const struct trace_open_call *record = open_call_at(&segment, first + i);
            ck_assert_uint_eq(record->kind, TRACE_OPEN_CALL);
            records++;
            if (record->node == 0)
                continue;
            ck_assert_uint_eq(record->node, leaf);
            ck_assert_uint_ne(record->since, 0);
            ck_assert_int_eq(record->tid, 7);
            count++;
            if (record->since < *oldest)
                *oldest = record->since;
        }
    }
    ck_assert_uint_le(count, records);
    return count;
}

static void is_open(size_t expected, uint64_t since)
{
    uint64_t oldest;
    ck_assert_uint_eq(count_open(&oldest), expected);
    if (expected)
        ck_assert_uint_eq(oldest, since);
    ck_assert_uint_eq(node()->hits - node()->returns, expected);
}

START_TEST(one_record_serves_all_calls_that_follow_one_another)
{
    for (uint64_t i = 1; i <= 1000; i++) {
        begin(5, i);
        is_open(1, i);
        ck_assert(end(5));
        is_open(0, 0);
    }
    ck_assert_uint_eq(calls.blocks, 1);
}
END_TEST

START_TEST(calls_within_calls_are_all_open)
{
    for (size_t i = 0; i < 20; i++)
        begin(100 - i, 1000 + i);
    is_open(20, 1000);
    for (size_t i = 20; i-- > 0;)
        ck_assert(end(100 - i));
    is_open(0, 0);
}
END_TEST

START_TEST(thousands_of_stacks_take_little_more_than_their_number)
{
    for (size_t i = 0; i < FRAMES; i++)
        begin_on(i, 100000 + i, 1 + i);
    is_open(FRAMES, 1);
    uint64_t since = FRAMES + 1;
    unsigned seed = 1;
    for (size_t i = 0; i < 50000; i++) {
        size_t at = (seed = seed * 1103515245 + 12345) / 65536 % FRAMES;
        ck_assert(end(at));
        begin_on(at, 100000 + at, since++);
    }
    uint64_t oldest;
    ck_assert_uint_eq(count_open(&oldest), FRAMES);
    ck_assert_uint_lt(OPEN_CALLS_FIRST << calls.blocks, 3 * FRAMES);
    for (size_t i = 0; i < FRAMES; i++)
        ck_assert(end(i));
    is_open(0, 0);
}
END_TEST

START_TEST(a_hit_further_out_shows_that_a_call_is_over)
{
    begin(10, 1);
    begin(20, 2);
    is_open(1, 2);
    ck_assert(end(20));
    is_open(0, 0);
}
END_TEST

START_TEST(an_outer_call_that_is_over_is_noticed_when_the_inner_one_has_ended)
{
    begin(20, 1);
    begin(10, 2);
    ck_assert(end(10));
    begin(30, 3);
    is_open(1, 3);
}
END_TEST

START_TEST(what_overwrites_the_frame_shows_that_a_call_is_over)
{
    begin(20, 1);
    memset(&frames[20], 0x55, sizeof frames[20]);
    begin(10, 2);
    is_open(1, 2);
}
END_TEST

START_TEST(a_hit_on_another_stack_shows_nothing)
{
    begin_on(10, 5, 1);
    begin(20, 2);
    is_open(2, 1);
    begin_on(30, 0, 3); /* its stack is not known */
    is_open(3, 1);
    ck_assert(end(30) && end(20) && end(10));
    is_open(0, 0);
}
END_TEST

START_TEST(a_call_that_only_seemed_to_be_over_ends_once)
{
    begin(10, 1);
    struct call_frame kept = frames[10];
    begin(20, 2);
    ck_assert(!open_calls_end(&segment, &kept));
    is_open(1, 2);
    ck_assert(end(20));
}
END_TEST

START_TEST(a_jump_ends_the_calls_below_with_their_time)
{
    struct open_calls_left left = {stack_base - 1, stack_base, (uint64_t)&frames[30]};
    begin(40, 100);
    begin(20, 200);
    begin(10, 300);
    begin_on(5, 77, 50);
    open_calls_leave(&calls, &segment, &left, 1300);
    is_open(2, 50);
    ck_assert_uint_eq(node()->ticks, 1100 + 1000);
    ck_assert_uint_eq(node()->longest, 1100);
    ck_assert(end(40) && end(5));
    is_open(0, 0);
}
END_TEST

START_TEST(without_a_clock_each_call_has_another_number)
{
    uint64_t former = 0, since;
    for (size_t i = 0; i < 5; i++) {
        begin(5, 0);
        ck_assert_uint_eq(count_open(&since), 1);
        ck_assert_uint_ne(since, former);
        former = since;
        end(5);
    }
}
END_TEST

START_TEST(without_room_nothing_is_noted)
{
    segment.is_full = 1;
    segment_claim(&segment, segment.header->capacity);
    begin(5, 1);
    if (calls.blocks == 0)
        ck_assert_uint_eq(frames[5].opened, 0);
    ck_assert(end(5));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("open_calls");
    TCase *tests = tcase_create("open_calls");
    tcase_add_checked_fixture(tests, set_up, segment_tear_down);
    tcase_add_test(tests, one_record_serves_all_calls_that_follow_one_another);
    tcase_add_test(tests, calls_within_calls_are_all_open);
    tcase_add_test(tests, thousands_of_stacks_take_little_more_than_their_number);
    tcase_add_test(tests, a_hit_further_out_shows_that_a_call_is_over);
    tcase_add_test(tests, an_outer_call_that_is_over_is_noticed_when_the_inner_one_has_ended);
    tcase_add_test(tests, what_overwrites_the_frame_shows_that_a_call_is_over);
    tcase_add_test(tests, a_hit_on_another_stack_shows_nothing);
    tcase_add_test(tests, a_call_that_only_seemed_to_be_over_ends_once);
    tcase_add_test(tests, a_jump_ends_the_calls_below_with_their_time);
    tcase_add_test(tests, without_a_clock_each_call_has_another_number);
    tcase_add_test(tests, without_room_nothing_is_noted);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
