/* test_object_calls.c - the calls of a leaf for each object. */
// needs: preload/object/object_calls.c preload/object/objects.c preload/trace/segment.c
// needs: preload/base/kernel.c preload/base/pool.c
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "object/object_calls.h"
#include "object/objects.h"
#include "segment_fixture.h"
#include "suite.h"

static struct object_memory memory;
static trace_index leaf;
static uint64_t calls_made;

static void set_up(void)
{
    segment_set_up();
    memset(&memory, 0, sizeof memory);
    objects_reset();
    leaf = segment_claim(&segment, TRACE_LEAF_RECORDS);
    calls_made = 0;
}

static trace_index object(uint64_t id)
{
    struct object_draft draft;
    draft_begin(&draft, TRACE_OBJECT_PROCESS, id);
    return objects_record(&segment, &draft);
}

static struct trace_object_calls *at(trace_index index)
{
    return &segment_record(&segment, index)->object_calls;
}

static trace_index enter(trace_index for_object)
{
    trace_index calls = object_calls_find(&memory, &segment, leaf, for_object);
    ck_assert_uint_ne(calls, 0);
    at(calls)->hits++;
    calls_made++;
    return calls;
}

static void call(trace_index for_object, uint64_t ticks)
{
    object_calls_leave(&segment, enter(for_object), for_object, ticks);
}

/* The published record of the leaf and the object, which must be the only one; or NULL. */
static const struct trace_object_calls *record_of(trace_index for_object)
{
    const struct trace_object_calls *found = NULL;
    for (trace_index i = TRACE_FIRST_RECORD; i < segment.header->used; i++) {
        const struct trace_object_calls *calls = at(i);
        if (calls->kind != TRACE_OBJECT_CALLS || calls->object != for_object)
            continue;
        ck_assert_ptr_null(found);
        found = calls;
    }
    return found;
}

/* All records together have all calls, and no more than the limit of them. */
static void expect_all(uint64_t ticks)
{
    uint64_t hits = 0, returns = 0, all = 0;
    unsigned records = 0;
    for (trace_index i = TRACE_FIRST_RECORD; i < segment.header->used; i++) {
        const struct trace_object_calls *calls = at(i);
        if (calls->kind != TRACE_OBJECT_CALLS)
            continue;
        ck_assert_uint_eq(calls->node, leaf);
        hits += calls->hits, returns += calls->returns, all += calls->ticks;
        records++;
    }
    ck_assert_uint_eq(hits, calls_made);
    ck_assert_uint_le(returns, hits);
    ck_assert_uint_eq(all, ticks);
    ck_assert_uint_le(records, TRACE_LEAF_OBJECTS + 2); /* the rest, and a set */
}

START_TEST(each_object_has_its_calls)
{
    call(object(1), 10);
    call(object(2), 30);
    call(object(1), 5);
    ck_assert_uint_eq(record_of(object(1))->hits, 2);
    ck_assert_uint_eq(record_of(object(1))->ticks, 15);
    ck_assert_uint_eq(record_of(object(1))->longest, 10);
    ck_assert_uint_eq(record_of(object(2))->returns, 1);
    expect_all(45);
}
END_TEST

START_TEST(leaves_have_records_of_their_own)
{
    trace_index other = segment_claim(&segment, TRACE_LEAF_RECORDS);
    trace_index mine = object_calls_find(&memory, &segment, leaf, object(1));
    trace_index its = object_calls_find(&memory, &segment, other, object(1));
    ck_assert_uint_ne(mine, its);
    ck_assert_uint_eq(object_calls_find(&memory, &segment, leaf, object(1)), mine);
    ck_assert_uint_eq(object_calls_find(&memory, &segment, other, object(1)), its);
}
END_TEST

START_TEST(a_record_is_found_without_the_cache)
{
    trace_index first = object_calls_find(&memory, &segment, leaf, object(1));
    object_calls_find(&memory, &segment, leaf, object(2));
    object_calls_find(&memory, &segment, leaf, object(3));
    memory_forget(&memory);
    ck_assert_uint_eq(object_calls_find(&memory, &segment, leaf, object(1)), first);
}
END_TEST

START_TEST(objects_beyond_the_limit_are_the_rest)
{
    for (uint64_t i = 0; i < 100; i++)
        call(object(i), 10);
    for (uint64_t i = 0; i < TRACE_LEAF_OBJECTS; i++)
        ck_assert_uint_eq(record_of(object(i))->hits, 1);
    ck_assert_uint_eq(record_of(objects_rest(&segment))->hits, 100 - TRACE_LEAF_OBJECTS);
    ck_assert_uint_eq(record_of(objects_rest(&segment))->returns, 100 - TRACE_LEAF_OBJECTS);
    expect_all(1000);
}
END_TEST

START_TEST(a_long_call_gets_the_place_of_the_lightest_object)
{
    for (uint64_t i = 0; i < 100; i++)
        call(object(i), 10 + (i == 3 ? 0 : i));
    call(object(200), 5000);
    call(object(200), 20);
    ck_assert_ptr_null(record_of(object(3)));
    ck_assert_uint_eq(record_of(object(200))->hits, 2);
    ck_assert_uint_eq(record_of(object(200))->ticks, 5020);
    ck_assert_uint_eq(record_of(object(200))->longest, 5000);
    expect_all(100 * 10 + 99 * 100 / 2 - 3 + 5020);
}
END_TEST

START_TEST(an_open_call_keeps_its_place)
{
    trace_index open[TRACE_LEAF_OBJECTS];
    for (uint64_t i = 0; i < TRACE_LEAF_OBJECTS; i++)
        open[i] = enter(object(i));
    call(object(50), 1000);
    ck_assert_ptr_null(record_of(object(50)));
    object_calls_leave(&segment, open[5], object(5), 1);
    call(object(50), 1001);
    ck_assert_ptr_null(record_of(object(5)));
    ck_assert_uint_eq(record_of(object(50))->hits, 1);
    expect_all(2002);
}
END_TEST

START_TEST(the_holder_of_the_longest_call_stays)
{
    static const int32_t holders[] = {7, 8, 9};
    static const uint64_t ticks[] = {10, 30, 20};
    for (int i = 0; i < 3; i++) {
        trace_index calls = enter(object(1));
        at(calls)->holder = holders[i];
        object_calls_leave(&segment, calls, object(1), ticks[i]);
    }
    ck_assert_int_eq(record_of(object(1))->holder, 9);
    ck_assert_int_eq(record_of(object(1))->longest_holder, 8);
}
END_TEST

START_TEST(calls_can_end_elsewhere)
{
    trace_index calls = enter(object(1));
    object_calls_leave_elsewhere(at(calls), 70);
    ck_assert_uint_eq(at(calls)->returns, 1);
    ck_assert_uint_eq(at(calls)->longest, 70);
    expect_all(70);
}
END_TEST

static trace_index enter_set(uint32_t count, uint64_t first)
{
    trace_index members[TRACE_SET_MEMBERS];
    for (uint32_t i = 0; i < count && i < TRACE_SET_MEMBERS; i++)
        members[i] = object(first + i);
    trace_index calls = object_calls_find_set(&memory, &segment, leaf, count, members);
    if (calls) {
        at(calls)->hits++;
        calls_made++;
    }
    return calls;
}

static const struct trace_object_set *set_of(trace_index calls)
{
    const struct trace_object *object = &segment_record(&segment, at(calls)->object)->object;
    ck_assert_uint_eq(object->kind, TRACE_OBJECT);
    ck_assert_uint_eq(object->type, TRACE_OBJECT_SET);
    ck_assert_uint_eq(object->set.check, trace_set_check(&object->set));
    return &object->set;
}

/* The call counts for the object that was ready, as after a poll. */
static void move_from_set(trace_index set, trace_index for_object)
{
    at(set)->hits--;
    calls_made--;
    call(for_object, 10);
}

START_TEST(a_leaf_has_one_record_for_the_set_of_its_present_call)
{
    trace_index calls = enter_set(3, 1);
    ck_assert_uint_eq(set_of(calls)->count, 3);
    ck_assert_uint_eq(set_of(calls)->members[2], object(3));
    ck_assert_uint_eq(set_of(calls)->members[3], 0);
    move_from_set(calls, object(1));
    uint32_t used = segment.header->used;
    ck_assert_uint_eq(enter_set(3, 1), calls);
    move_from_set(calls, object(1));
    memory_forget(&memory);
    ck_assert_uint_eq(enter_set(2, 2), calls);
    ck_assert_uint_eq(segment.header->used, used);
    ck_assert_uint_eq(set_of(calls)->count, 2);
    ck_assert_uint_eq(set_of(calls)->members[0], object(2));
    ck_assert_uint_eq(set_of(calls)->members[2], 0);
    expect_all(20);
}
END_TEST

START_TEST(a_set_that_is_waited_for_stays)
{
    trace_index calls = enter_set(3, 1);
    ck_assert_uint_eq(enter_set(4, 1), 0);
    ck_assert_uint_eq(enter_set(3, 1), calls);
    ck_assert_uint_eq(set_of(calls)->count, 3);
    ck_assert_uint_eq(at(calls)->hits, 2);
    expect_all(0);
}
END_TEST

START_TEST(a_large_set_has_its_first_members_and_their_number)
{
    trace_index calls = enter_set(100, 1);
    ck_assert_uint_eq(set_of(calls)->count, 100);
    ck_assert_uint_eq(set_of(calls)->members[TRACE_SET_MEMBERS - 1], object(TRACE_SET_MEMBERS));
}
END_TEST

START_TEST(a_set_takes_no_place_of_an_object_and_gives_its_own_to_none)
{
    trace_index set = enter_set(2, 1);
    move_from_set(set, object(1));
    for (uint64_t i = 1; i <= TRACE_LEAF_OBJECTS; i++)
        call(object(i), 10);
    for (uint64_t i = 1; i <= TRACE_LEAF_OBJECTS; i++)
        ck_assert_ptr_nonnull(record_of(object(i)));
    call(object(200), 5000);
    ck_assert_ptr_nonnull(record_of(object(200)));
    ck_assert_uint_eq(enter_set(2, 1), set);
    ck_assert_uint_eq(set_of(set)->count, 2);
}
END_TEST

START_TEST(a_signal_handler_may_leave_a_set_half_written)
{
    trace_index calls = enter_set(3, 1);
    move_from_set(calls, object(1));
    struct trace_object *object = &segment_record(&segment, at(calls)->object)->object;
    object->set.count = 0; /* as in the middle of a change */
    object->set.check++;
    enter_set(3, 1);
    ck_assert_uint_eq(set_of(calls)->count, 3);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("object_calls");
    TCase *tests = tcase_create("object_calls");
    tcase_add_checked_fixture(tests, set_up, segment_tear_down);
    tcase_add_test(tests, each_object_has_its_calls);
    tcase_add_test(tests, leaves_have_records_of_their_own);
    tcase_add_test(tests, a_record_is_found_without_the_cache);
    tcase_add_test(tests, objects_beyond_the_limit_are_the_rest);
    tcase_add_test(tests, a_long_call_gets_the_place_of_the_lightest_object);
    tcase_add_test(tests, an_open_call_keeps_its_place);
    tcase_add_test(tests, the_holder_of_the_longest_call_stays);
    tcase_add_test(tests, calls_can_end_elsewhere);
    tcase_add_test(tests, a_leaf_has_one_record_for_the_set_of_its_present_call);
    tcase_add_test(tests, a_set_that_is_waited_for_stays);
    tcase_add_test(tests, a_large_set_has_its_first_members_and_their_number);
    tcase_add_test(tests, a_set_takes_no_place_of_an_object_and_gives_its_own_to_none);
    tcase_add_test(tests, a_signal_handler_may_leave_a_set_half_written);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
