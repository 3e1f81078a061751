/* test_calls.c - the calls of the root are told apart by what was hit in them. */
// needs: preload/root/calls.c preload/root/call_list.c preload/root/values.c
// needs: preload/code/claim.c
// needs: preload/base/clock.c preload/trace/segment.c preload/x86_64/processor.c
// needs: preload/base/linkmap.c tests/unit/preload/stand_ins.c cli
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "root/calls.h"
#include "base/clock.h"
#include "trace/segment.h"
#include "trace/file.h"
#include "trace/snapshot.h"
#include "segment_fixture.h"
#include "suite.h"

#define READ  0
#define WRITE 1

/* The records of calls as they lie on a thread's stack: a deeper one has a lower address. */
static struct call_frame frames[64];
static struct calls_place place;

static struct calls calls;
static trace_index leaves[2];
static struct snapshot *snapshot;

static void set_up(void)
{
    segment_set_up();
    memset(&calls, 0, sizeof calls);
    clock_kind = segment.header->clock = TRACE_CLOCK_MONOTONIC;
    segment.header->ready = 1;
    root_settings = (struct root_settings){.limit = 3};
    place = (struct calls_place){&segment, segment_make(TRACE_THREAD), (uint64_t)(frames + 64), 0};
    struct trace_string name = segment_text(&segment, "leaf", 4);
    trace_index leaf_name = segment_make(TRACE_LEAF_NAME);
    segment_record(&segment, leaf_name)->leaf_name.name = name;
    for (size_t i = 0; i < 2; i++) {
        leaves[i] = segment_make(TRACE_LEAF);
        segment_record(&segment, leaves[i])->node.module = leaf_name;
        segment_record(&segment, leaves[i])->node.thread = place.thread;
    }
}

static void tear_down(void)
{
    snapshot_destroy(snapshot);
    snapshot = NULL;
    calls_reset(&calls);
    segment_tear_down();
}

static void begin(size_t at)
{
    calls_begin(&calls, &place, &frames[at]);
}

static void hit(size_t leaf, size_t at, uint64_t ticks)
{
    calls_hit(&calls, &place, leaves[leaf], &frames[at]);
    calls_time(&calls, &place, leaves[leaf], &frames[at], ticks);
}

static void end(size_t at, uint64_t ticks)
{
    calls_end(&calls, &place, &frames[at], ticks);
}

static const struct snapshot_call *call(size_t index)
{
    const char *why;
    snapshot_destroy(snapshot);
    ck_assert_int_eq(snapshot_read(segment.path, &snapshot, &why), 0);
    ck_assert_uint_eq(snapshot->malformed, 0);
    return index < snapshot->call_count ? &snapshot->calls[index] : NULL;
}

START_TEST(calls_with_the_same_hits_are_counted_as_one)
{
    for (int i = 0; i < 3; i++) {
        begin(50);
        hit(READ, 40, 5);
        hit(READ, 40, 5);
        hit(WRITE, 30, 1);
        end(50, 100 + (uint64_t)i);
    }
    const struct snapshot_call *only = call(0);
    ck_assert_ptr_nonnull(only);
    ck_assert_uint_eq(snapshot->call_count, 1);
    ck_assert_uint_eq(only->count, 3);
    ck_assert_uint_eq(only->total_ns, 303);
    ck_assert_uint_eq(only->longest_ns, 102);
    ck_assert_uint_eq(only->leaf_count, 2);
    ck_assert_uint_eq(only->leaves[0].hits, 2);
    ck_assert_uint_eq(only->leaves[0].total_ns, 30);
    ck_assert_uint_eq(only->leaves[1].hits, 1);
    ck_assert_uint_eq(only->leaves[1].total_ns, 3);
}
END_TEST

START_TEST(the_order_of_the_hits_does_not_count)
{
    begin(50);
    hit(READ, 40, 5);
    hit(WRITE, 30, 1);
    end(50, 1);
    begin(50);
    hit(WRITE, 30, 2);
    hit(READ, 40, 7);
    end(50, 1);
    ck_assert_uint_eq(call(0)->count, 2);
    ck_assert_uint_eq(snapshot->calls[0].leaves[0].total_ns, 12);
    ck_assert_uint_eq(snapshot->calls[0].leaves[1].total_ns, 3);
}
END_TEST

START_TEST(another_number_of_hits_is_another_call)
{
    for (int hits = 0; hits < 3; hits++) {
        begin(50);
        for (int i = 0; i < hits; i++)
            hit(READ, 40, 5);
        end(50, 1);
    }
    call(0);
    ck_assert_uint_eq(snapshot->call_count, 3);
    for (size_t i = 0; i < 3; i++)
        ck_assert_uint_eq(snapshot->calls[i].count, 1);
    ck_assert_uint_eq(snapshot->calls[0].leaf_count, 0);
}
END_TEST

START_TEST(past_the_limit_other_calls_are_counted_as_the_rest)
{
    for (int round = 0; round < 2; round++) {
        for (int hits = 1; hits <= 5; hits++) {
            begin(50);
            for (int i = 0; i < hits; i++)
                hit(READ, 40, 5);
            end(50, 10 * (uint64_t)hits);
        }
    }
    call(0);
    ck_assert_uint_eq(snapshot->call_count, 4);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_uint_eq(snapshot->calls[i].count, 2);
        ck_assert(!snapshot->calls[i].is_rest);
    }
    ck_assert(snapshot->calls[3].is_rest);
    ck_assert_uint_eq(snapshot->calls[3].count, 4);
    ck_assert_uint_eq(snapshot->calls[3].total_ns, 180);
    ck_assert_uint_eq(snapshot->calls[3].longest_ns, 50);
}
END_TEST

START_TEST(a_call_within_a_call_is_a_part_of_it)
{
    begin(50);
    hit(READ, 45, 1);
    begin(40);
    hit(READ, 30, 1);
    end(40, 5);
    hit(READ, 45, 1);
    end(50, 9);
    ck_assert_uint_eq(call(0)->count, 1);
    ck_assert_uint_eq(snapshot->call_count, 1);
    ck_assert_uint_eq(snapshot->calls[0].leaves[0].hits, 3);
    ck_assert_uint_eq(snapshot->calls[0].total_ns, 9);
}
END_TEST

/* ---- innermost calls ---- */

static void set_up_innermost(void)
{
    set_up();
    root_settings.is_innermost = true;
}

static const struct snapshot_call *call_of(uint64_t reads, uint64_t writes)
{
    for (size_t i = 0; call(i); i++) {
        uint64_t hits[2] = {0, 0};
        for (size_t j = 0; j < snapshot->calls[i].leaf_count; j++)
            hits[snapshot->calls[i].leaves[j].node] = snapshot->calls[i].leaves[j].hits;
        if (hits[READ] == reads && hits[WRITE] == writes)
            return &snapshot->calls[i];
    }
    return NULL;
}

START_TEST(a_hit_is_in_the_innermost_call)
{
    begin(50);
    hit(READ, 45, 1);
    begin(40);
    hit(WRITE, 30, 2);
    hit(WRITE, 30, 2);
    end(40, 5);
    hit(READ, 45, 1);
    hit(READ, 45, 1);
    end(50, 9);
    call(0);
    ck_assert_uint_eq(snapshot->call_count, 2);
    ck_assert_uint_eq(call_of(3, 0)->total_ns, 4); /* without the call within it */
    ck_assert_uint_eq(call_of(0, 2)->total_ns, 5);
    ck_assert_uint_eq(call_of(0, 2)->leaves[0].total_ns, 4);
}
END_TEST

START_TEST(recursive_calls_are_calls_of_their_own)
{
    for (size_t at = 50; at > 40; at--)
        begin(at);
    hit(READ, 20, 1);
    for (size_t at = 41; at <= 50; at++)
        end(at, (50 - 40) + at - 41);
    ck_assert_uint_eq(call_of(1, 0)->count, 1);
    ck_assert_uint_eq(call_of(0, 0)->count, 9);
    ck_assert_uint_eq(call_of(0, 0)->total_ns, 9); /* one each */
    ck_assert_uint_eq(call_of(0, 0)->jumped, 0);
}
END_TEST

START_TEST(a_jump_ends_all_calls_that_it_leaves)
{
    begin(50);
    begin(40);
    hit(READ, 35, 1);
    begin(30);
    hit(READ, 25, 1);
    calls_jump(&calls, &place, &frames[20], (uint64_t)&frames[45], clock_ticks());
    hit(WRITE, 10, 1); /* deeper than the calls that were left */
    end(50, 1);
    ck_assert_uint_eq(call_of(1, 0)->count, 2);
    ck_assert_uint_eq(call_of(1, 0)->jumped, 2);
    ck_assert_uint_eq(call_of(0, 1)->count, 1);
    ck_assert_uint_eq(call_of(0, 1)->jumped, 0);
}
END_TEST

START_TEST(the_end_of_a_call_ends_those_that_were_left_within_it)
{
    begin(50);
    begin(40);
    begin(30);
    hit(READ, 25, 1);
    end(50, 8);
    ck_assert_uint_eq(call_of(1, 0)->jumped, 1);
    ck_assert_uint_eq(call_of(0, 0)->count, 2);
    ck_assert_uint_eq(call_of(0, 0)->jumped, 1);
    ck_assert_uint_eq(call_of(0, 0)->longest_ns, 8);
}
END_TEST

/* Two coroutines take turns within the root. */
START_TEST(each_stack_has_calls_of_its_own)
{
    struct calls_place other = place;
    place.base = 1;
    other.base = 2;
    begin(50);
    calls_begin(&calls, &other, &frames[20]);
    hit(READ, 10, 1);
    calls_hit(&calls, &other, leaves[WRITE], &frames[15]);
    calls_hit(&calls, &other, leaves[WRITE], &frames[15]);
    end(50, 5);
    calls_hit(&calls, &other, leaves[WRITE], &frames[15]);
    calls_end(&calls, &other, &frames[20], 6);
    ck_assert_uint_eq(call_of(1, 0)->total_ns, 5);
    ck_assert_uint_eq(call_of(0, 3)->total_ns, 6);
    ck_assert_uint_eq(call_of(0, 3)->jumped, 0);
    place.base = 0;
}
END_TEST

START_TEST(a_call_can_end_in_another_thread)
{
    begin(50);
    begin(40);
    hit(READ, 30, 1);
    calls_end_elsewhere(&calls, &frames[40], 7);
    hit(WRITE, 30, 1);
    end(50, 9);
    ck_assert_uint_eq(call_of(1, 0)->total_ns, 7);
    ck_assert_uint_eq(call_of(0, 1)->total_ns, 2);
}
END_TEST

START_TEST(calls_within_too_many_are_a_part_of_the_last_one)
{
    static struct call_frame many[CALLS_DEPTH_MAX + 3];
    place.stack_end = (uint64_t)(many + CALLS_DEPTH_MAX + 3);
    for (size_t i = CALLS_DEPTH_MAX + 2; i > 0; i--)
        calls_begin(&calls, &place, &many[i]);
    calls_hit(&calls, &place, leaves[READ], &many[0]);
    for (size_t i = 1; i < CALLS_DEPTH_MAX + 3; i++)
        calls_end(&calls, &place, &many[i], i);
    ck_assert_uint_eq(call_of(1, 0)->count, 1);
    ck_assert_uint_eq(call_of(0, 0)->count, CALLS_DEPTH_MAX - 1);
    ck_assert_uint_eq(call_of(0, 0)->jumped, 0);
    ck_assert_uint_eq(snapshot->deep_calls, 2);
}
END_TEST

/* ---- calls by the value of an argument ---- */

static void set_up_values(void)
{
    set_up();
    values_forget_all();
    root_settings.argument = 2;
    root_settings.bytes = 8;
}

static void begin_with(size_t at, uint64_t value)
{
    static struct hook_record record;
    frames[at].record = &record;
    frames[at].registers.arguments[1] = value;
    begin(at);
}

static const struct snapshot_value *value_of(uint64_t value)
{
    call(0);
    for (size_t i = 0; i < snapshot->value_count; i++)
        if (!snapshot->values[i].is_rest && snapshot->values[i].value == value)
            return &snapshot->values[i];
    return NULL;
}

static const struct snapshot_value *rest(void)
{
    call(0);
    for (size_t i = 0; i < snapshot->value_count; i++)
        if (snapshot->values[i].is_rest)
            return &snapshot->values[i];
    return NULL;
}

static uint64_t hits_of(const struct snapshot_value *value, size_t leaf)
{
    for (size_t i = 0; i < value->leaf_count; i++)
        if (value->leaves[i].node == leaf)
            return value->leaves[i].hits;
    return 0;
}

START_TEST(calls_with_one_value_are_counted_together)
{
    for (uint64_t i = 0; i < 10; i++) {
        begin_with(50, i % 2);
        hit(READ, 40, 5);
        if (i % 2)
            hit(WRITE, 40, 7);
        end(50, 100 + i);
    }
    ck_assert_uint_eq(value_of(0)->count, 5);
    ck_assert_uint_eq(value_of(0)->ended, 5);
    ck_assert_uint_eq(value_of(0)->total_ns, 520);
    ck_assert_uint_eq(value_of(0)->longest_ns, 108);
    ck_assert_uint_eq(hits_of(value_of(0), READ), 5);
    ck_assert_uint_eq(hits_of(value_of(0), WRITE), 0);
    ck_assert_uint_eq(hits_of(value_of(1), WRITE), 5);
    ck_assert_uint_eq(value_of(1)->leaves[0].total_ns, 25);
    ck_assert_uint_eq(snapshot->call_count, 0);
    ck_assert_uint_eq(snapshot->malformed, 0);
}
END_TEST

START_TEST(only_the_bytes_of_the_argument_count)
{
    root_settings.bytes = 4;
    begin_with(50, 0xdeadbeef00000007);
    end(50, 1);
    begin_with(50, 7);
    end(50, 1);
    ck_assert_uint_eq(value_of(7)->count, 2);
    root_settings.form = TRACE_VALUE_SIGNED;
    begin_with(50, 0x12345678fffffffe);
    end(50, 1);
    ck_assert_uint_eq(value_of((uint64_t)-2)->count, 1);
    ck_assert_uint_eq(value_of((uint64_t)-2)->form, SNAPSHOT_VALUE_SIGNED);
}
END_TEST

START_TEST(past_the_limit_values_are_counted_together)
{
    for (uint64_t round = 0; round < 2; round++)
        for (uint64_t i = 0; i < 100; i++) {
            begin_with(50, i * 0x100000001);
            hit(READ, 40, 1);
            end(50, 3);
        }
    ck_assert_uint_eq(rest()->count, 194);
    ck_assert_uint_eq(rest()->total_ns, 582);
    ck_assert_uint_eq(hits_of(rest(), READ), 194);
    ck_assert_uint_eq(snapshot->value_count, 4);
    ck_assert_uint_eq(value_of(0)->count, 2);
}
END_TEST

START_TEST(the_limit_is_that_of_the_process)
{
    struct calls other = {0};
    for (uint64_t i = 1; i <= 3; i++) {
        begin_with(50, i);
        end(50, 1);
    }
    begin_with(50, 3);
    end(50, 1);
    frames[50].registers.arguments[1] = 4;
    calls_begin(&other, &place, &frames[50]);
    calls_end(&other, &place, &frames[50], 1);
    frames[50].registers.arguments[1] = 3;
    calls_begin(&other, &place, &frames[50]);
    calls_end(&other, &place, &frames[50], 1);
    ck_assert_uint_eq(rest()->count, 1);
    ck_assert_ptr_null(value_of(4));
    calls_reset(&other);
}
END_TEST

START_TEST(many_values_and_leaves_are_found_again)
{
    root_settings.limit = 5000;
    for (uint64_t round = 0; round < 3; round++)
        for (uint64_t i = 0; i < 5000; i++) {
            begin_with(50, i << 12);
            hit(i % 2, 40, 1);
            end(50, 1);
        }
    ck_assert_ptr_null(rest());
    ck_assert_uint_eq(snapshot->value_count, 5000);
    for (uint64_t i = 0; i < 5000; i++) {
        const struct snapshot_value *value = &snapshot->values[i];
        ck_assert_uint_eq(value->count, 3);
        ck_assert_uint_eq(hits_of(value, (value->value >> 12) % 2), 3);
        ck_assert_uint_eq(value->leaf_count, 1);
    }
}
END_TEST

START_TEST(an_open_call_is_there_and_one_that_was_left)
{
    begin_with(50, 7);
    hit(READ, 40, 1);
    ck_assert_uint_eq(value_of(7)->count, 1);
    ck_assert_uint_eq(value_of(7)->ended, 0);
    hit(READ, 55, 1); /* further out */
    ck_assert_uint_eq(value_of(7)->ended, 1);
    ck_assert_uint_eq(value_of(7)->jumped, 1);
    ck_assert_uint_eq(hits_of(value_of(7), READ), 1);
}
END_TEST

START_TEST(innermost_calls_have_values_of_their_own)
{
    root_settings.is_innermost = true;
    begin_with(50, 1);
    hit(READ, 45, 1);
    begin_with(40, 2);
    hit(WRITE, 30, 1);
    end(40, 5);
    begin_with(40, 1);
    hit(READ, 30, 1);
    end(40, 5);
    end(50, 30);
    ck_assert_uint_eq(value_of(1)->count, 2);
    ck_assert_uint_eq(value_of(1)->total_ns, 25);
    ck_assert_uint_eq(hits_of(value_of(1), READ), 2);
    ck_assert_uint_eq(hits_of(value_of(1), WRITE), 0);
    ck_assert_uint_eq(hits_of(value_of(2), WRITE), 1);
}
END_TEST

/* ---- one open call ---- */

START_TEST(hits_outside_of_calls_are_in_none)
{
    hit(READ, 40, 5);
    begin(50);
    end(50, 1);
    hit(READ, 40, 5);
    ck_assert_uint_eq(call(0)->leaf_count, 0);
    ck_assert_uint_eq(snapshot->call_count, 1);
}
END_TEST

START_TEST(the_open_call_is_there_with_its_hits)
{
    begin(50);
    hit(READ, 40, 5);
    end(50, 1);
    begin(50);
    hit(READ, 40, 5);
    hit(WRITE, 40, 6);
    hit(WRITE, 40, 6);
    call(0);
    ck_assert_uint_eq(snapshot->call_count, 2);
    const struct snapshot_call *open = snapshot->calls[0].is_open ? &snapshot->calls[0]
                                                                  : &snapshot->calls[1];
    ck_assert(open->is_open);
    ck_assert_uint_eq(open->count, 1);
    ck_assert_uint_eq(open->leaf_count, 2);
    ck_assert_uint_eq(open->leaves[1].hits, 2);
    ck_assert_uint_eq(open->leaves[1].total_ns, 12);
    ck_assert_uint_ne(open->entered_ns, 0);
}
END_TEST

/* It shows at the next hit further out, or when the root is called again from further out, or
 * from the same place. */
START_TEST(a_call_that_was_left_by_a_jump_ends)
{
    begin(40);
    hit(READ, 30, 1);
    hit(READ, 41, 1);
    ck_assert_uint_eq(call(0)->jumped, 1);
    ck_assert_uint_eq(snapshot->calls[0].leaves[0].hits, 1);
    begin(40);
    hit(READ, 30, 1);
    begin(40);
    hit(READ, 30, 1);
    end(40, 7);
    ck_assert_uint_eq(call(0)->count, 3);
    ck_assert_uint_eq(snapshot->calls[0].jumped, 2);
    ck_assert_uint_eq(snapshot->calls[0].total_ns, 7);
}
END_TEST

START_TEST(on_another_stack_a_call_goes_on)
{
    char *other = malloc(2 << 20);
    begin(40);
    struct call_frame *far = (struct call_frame *)(other + (1 << 20));
    calls_hit(&calls, &place, leaves[READ], far);
    hit(READ, 30, 1);
    end(40, 1);
    ck_assert_uint_eq(call(0)->jumped, 0);
    ck_assert_uint_eq(snapshot->calls[0].leaves[0].hits, 2);
    free(other);
}
END_TEST

START_TEST(a_call_may_hit_many_leaves)
{
    const uint32_t many = 10000;
    trace_index *nodes = calloc(many, sizeof *nodes);
    for (uint32_t i = 0; i < many; i++) {
        nodes[i] = segment_make(TRACE_LEAF);
        segment_record(&segment, nodes[i])->node = segment_record(&segment, leaves[READ])->node;
    }
    for (int round = 0; round < 3; round++) {
        begin(50);
        for (uint32_t i = 0; i < many; i++) {
            calls_hit(&calls, &place, nodes[i], &frames[40]);
            calls_hit(&calls, &place, nodes[i / 2], &frames[40]);
        }
        end(50, 1);
    }
    ck_assert_uint_eq(call(0)->count, 3);
    ck_assert_uint_eq(snapshot->call_count, 1);
    ck_assert_uint_eq(snapshot->calls[0].leaf_count, many);
    for (uint32_t i = 0; i < many; i++)
        ck_assert_uint_eq(snapshot->calls[0].leaves[i].hits, i < many / 2 ? 3 : 1);
    free(nodes);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("calls");
    TCase *cases = tcase_create("calls");
    tcase_set_timeout(cases, 60);
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, calls_with_the_same_hits_are_counted_as_one);
    tcase_add_test(cases, the_order_of_the_hits_does_not_count);
    tcase_add_test(cases, another_number_of_hits_is_another_call);
    tcase_add_test(cases, past_the_limit_other_calls_are_counted_as_the_rest);
    tcase_add_test(cases, a_call_within_a_call_is_a_part_of_it);
    tcase_add_test(cases, hits_outside_of_calls_are_in_none);
    tcase_add_test(cases, the_open_call_is_there_with_its_hits);
    tcase_add_test(cases, a_call_that_was_left_by_a_jump_ends);
    tcase_add_test(cases, on_another_stack_a_call_goes_on);
    tcase_add_test(cases, a_call_may_hit_many_leaves);
    suite_add_tcase(suite, cases);
    TCase *innermost = tcase_create("innermost");
    tcase_add_checked_fixture(innermost, set_up_innermost, tear_down);
    tcase_add_test(innermost, a_hit_is_in_the_innermost_call);
    tcase_add_test(innermost, recursive_calls_are_calls_of_their_own);
    tcase_add_test(innermost, a_jump_ends_all_calls_that_it_leaves);
    tcase_add_test(innermost, the_end_of_a_call_ends_those_that_were_left_within_it);
    tcase_add_test(innermost, each_stack_has_calls_of_its_own);
    tcase_add_test(innermost, a_call_can_end_in_another_thread);
    tcase_add_test(innermost, calls_within_too_many_are_a_part_of_the_last_one);
    suite_add_tcase(suite, innermost);
    TCase *values = tcase_create("values");
    tcase_set_timeout(values, 60);
    tcase_add_checked_fixture(values, set_up_values, tear_down);
    tcase_add_test(values, calls_with_one_value_are_counted_together);
    tcase_add_test(values, only_the_bytes_of_the_argument_count);
    tcase_add_test(values, past_the_limit_values_are_counted_together);
    tcase_add_test(values, the_limit_is_that_of_the_process);
    tcase_add_test(values, many_values_and_leaves_are_found_again);
    tcase_add_test(values, an_open_call_is_there_and_one_that_was_left);
    tcase_add_test(values, innermost_calls_have_values_of_their_own);
    suite_add_tcase(suite, values);
    return suite_run(suite);
}
