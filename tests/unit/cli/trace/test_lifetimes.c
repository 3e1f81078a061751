/*
 * test_lifetimes.c - how long processes ran, from what they noted and what the tool has seen.
 */
// needs: cli
#include "trace/lifetimes.h"

#include <string.h>
#include <unistd.h>

#include "base/nanoseconds.h"
#include "base/process_time.h"
#include "suite.h"
#include "trace/snapshot.h"
#include "trace_format.h"

#define MS     UINT64_C(1000000)
#define IMAGES 4

static struct snapshot images[IMAGES];
static struct snapshot *list[IMAGES];
static size_t count;
static struct process_life life;
static struct process_life others[2];
static size_t other_count;

static void begin(void)
{
    memset(images, 0, sizeof images);
    count = other_count = 0;
    life = (struct process_life){.pid = 0};
}

/* An image that was loaded at `loaded_ms`, with 2 ms of user and 1 ms of system time. */
static struct snapshot *image(int pid, uint64_t loaded_ms)
{
    struct snapshot *snapshot = &images[count];
    list[count++] = snapshot;
    snapshot->pid = pid;
    snapshot->start_ns = loaded_ms * MS;
    snapshot->own.begun = (struct usage_moment){loaded_ms * MS, 2 * MS, 1 * MS};
    snapshot->own.ended = snapshot->own.begun;
    return snapshot;
}

static struct snapshot *child(int pid, uint64_t forked_ms)
{
    struct snapshot *snapshot = image(pid, forked_ms);
    snapshot->forked = true;
    snapshot->own.begun = snapshot->own.ended = (struct usage_moment){forked_ms * MS, 0, 0};
    return snapshot;
}

static void ends(struct snapshot *snapshot, enum trace_end end, uint64_t ms, uint64_t user_ms,
    uint64_t system_ms)
{
    snapshot->own.end = end;
    snapshot->own.ended = (struct usage_moment){ms * MS, user_ms * MS, system_ms * MS};
}

static void find(void)
{
    lifetimes_find(list, count, &(struct lifetimes_seen){&life, others, other_count});
}

static void assert_times(const struct snapshot *snapshot, uint64_t begun_ms, uint64_t wall_ms,
    uint64_t user_ms, uint64_t system_ms)
{
    ck_assert_uint_eq(snapshot->usage.begun_ns, begun_ms * MS);
    ck_assert_uint_eq(snapshot->usage.wall_ns, wall_ms * MS);
    ck_assert_uint_eq(snapshot->usage.user_ns, user_ms * MS);
    ck_assert_uint_eq(snapshot->usage.system_ns, system_ms * MS);
}

static void assert_status(const struct snapshot *snapshot, bool is_known, int status)
{
    ck_assert_int_eq(snapshot->usage.is_known, is_known);
    ck_assert_int_eq(snapshot->usage.has_wait_status, status >= 0);
    if (status >= 0)
        ck_assert_int_eq(snapshot->usage.wait_status, status);
}

/* ---- beginning and end ---- */

START_TEST(a_process_that_exits_has_said_everything)
{
    struct snapshot *one = image(10, 1000);
    ends(one, TRACE_END_EXITS, 1100, 50, 10);
    one->own.status = 0x103; /* _exit(2): only the lowest eight bits count */
    find();
    assert_times(one, 997, 103, 50, 10);
    assert_status(one, true, 3 << 8);
}
END_TEST

START_TEST(the_launcher_knows_when_the_program_was_executed)
{
    struct snapshot *one = image(10, 1000);
    ends(one, TRACE_END_EXITS, 1100, 50, 10);
    life = (struct process_life){10, 980 * MS, 1105 * MS, 52 * MS, 11 * MS, true, true, 9};
    find();
    assert_times(one, 980, 120, 50, 10);
    assert_status(one, true, 9);
}
END_TEST

START_TEST(what_it_saw_of_another_process_counts_for_nobody)
{
    struct snapshot *one = image(10, 1000), *late = image(11, 2000);
    life = (struct process_life){11, 980 * MS, 1105 * MS, 52 * MS, 11 * MS, true, true, 9};
    find();
    assert_times(one, 997, 3, 2, 1);
    assert_status(one, false, -1);
    assert_times(late, 1997, 3, 2, 1); /* the number of a process that had ended before */
    assert_status(late, false, -1);
}
END_TEST

START_TEST(the_launcher_knows_the_end_of_a_program_that_was_killed)
{
    struct snapshot *one = image(10, 1000);
    life = (struct process_life){10, 980 * MS, 1105 * MS, 52 * MS, 11 * MS, true, true, 9};
    find();
    assert_times(one, 980, 125, 52, 11);
    assert_status(one, true, 9);
}
END_TEST

START_TEST(a_destructor_may_be_followed_by_others)
{
    struct snapshot *one = image(10, 1000), *other = image(11, 1000);
    ends(one, TRACE_END_FINISHES, 1100, 50, 10);
    ends(other, TRACE_END_FINISHES, 1100, 50, 10);
    life = (struct process_life){10, 980 * MS, 1500 * MS, 52 * MS, 11 * MS, true, true, 9};
    find();
    assert_times(one, 980, 520, 52, 11);
    assert_times(other, 997, 103, 50, 10);
    assert_status(other, true, -1);
}
END_TEST

START_TEST(an_executed_program_goes_on_where_the_former_one_ended)
{
    struct snapshot *one = image(10, 1000), *two = image(10, 1200);
    ends(one, TRACE_END_EXECUTES, 1100, 1, 1);
    ends(two, TRACE_END_EXITS, 1300, 40, 20);
    life = (struct process_life){10, 980 * MS, 1305 * MS, 52 * MS, 11 * MS, true, true, 256};
    find();
    assert_times(one, 980, 120, 1, 1);
    assert_status(one, true, -1);
    assert_times(two, 1100, 200, 39, 19);
    assert_status(two, true, 256);
}
END_TEST

START_TEST(an_execution_that_failed_is_no_end)
{
    struct snapshot *one = image(10, 1000);
    ends(one, TRACE_END_EXECUTES, 1100, 20, 10);
    find();
    assert_times(one, 997, 103, 20, 10);
    assert_status(one, false, -1);
}
END_TEST

START_TEST(a_program_that_is_not_traced_ends_the_former_one)
{
    struct snapshot *one = image(10, 1000), *two = image(10, 1500);
    ends(one, TRACE_END_EXECUTES_UNTRACED, 1100, 1, 1);
    life = (struct process_life){10, 980 * MS, 1605 * MS, 52 * MS, 11 * MS, true, true, 7};
    find();
    assert_times(one, 980, 120, 1, 1);
    assert_status(one, true, -1);
    assert_times(two, 1500, 105, 50, 10); /* nobody knows when it was executed */
    assert_status(two, true, 7);
    count = 1;
    find();
    assert_status(one, true, -1); /* the status is of another program */
}
END_TEST

START_TEST(the_same_number_in_another_namespace_is_another_process)
{
    struct snapshot *one = image(10, 1000), *two = image(10, 1200);
    two->birth = 1;
    ends(one, TRACE_END_EXECUTES, 1100, 1, 1);
    find();
    assert_status(one, false, -1);
    assert_times(two, 1197, 3, 2, 1);
}
END_TEST

START_TEST(a_forked_child_begins_when_it_is_forked)
{
    struct snapshot *one = child(11, 1000);
    ends(one, TRACE_END_EXITS, 1100, 5, 6);
    find();
    assert_times(one, 1000, 100, 5, 6);
    assert_status(one, true, 0);
}
END_TEST

START_TEST(a_child_that_worked_long_before_began_when_it_was_loaded)
{
    struct snapshot *one = image(11, 1000);
    one->own.begun.user_ns = one->own.ended.user_ns = 300 * MS;
    ends(one, TRACE_END_EXITS, 1100, 310, 5);
    find();
    assert_times(one, 1000, 100, 10, 4);
}
END_TEST

START_TEST(of_a_killed_process_the_latest_hit_is_known)
{
    struct snapshot *one = child(11, 1000);
    struct snapshot_leaf leaves[3] = {
        {.entered_ns = 1070 * MS}, {.entered_ns = 1040 * MS}, {.entered_ns = UINT64_MAX}};
    one->leaves = leaves;
    one->leaf_count = 3;
    find();
    assert_times(one, 1000, 70, 0, 0);
    assert_status(one, false, -1);
}
END_TEST

START_TEST(the_tool_may_have_seen_the_end_of_another_process)
{
    struct snapshot *one = child(11, 1000), *two = child(12, 1000), *three = child(13, 1000);
    others[0] = (struct process_life){11, 0, 1500 * MS, 40 * MS, 20 * MS, true, true, 9};
    others[1] = (struct process_life){12, 0, 1500 * MS, 40 * MS, 20 * MS, false, false, 0};
    other_count = 2;
    ends(three, TRACE_END_EXITS, 1100, 5, 6);
    find();
    assert_times(one, 1000, 500, 40, 20);
    assert_status(one, true, 9);
    assert_times(two, 1000, 500, 40, 20); /* the processor time is of the latest look */
    assert_status(two, false, -1);
    assert_times(three, 1000, 100, 5, 6);
}
END_TEST

START_TEST(the_first_end_with_a_number_is_the_process)
{
    struct snapshot *one = child(11, 1000);
    others[0] = (struct process_life){11, 0, 1500 * MS, 0, 0, true, false, 0};
    others[1] = (struct process_life){11, 0, 1400 * MS, 0, 0, true, false, 0};
    other_count = 2;
    find();
    assert_times(one, 1000, 400, 0, 0);
    child(11, 1000)->birth = 1; /* of another namespace: nobody knows whose end it was */
    find();
    assert_status(one, false, -1);
}
END_TEST

START_TEST(without_a_beginning_there_are_no_times)
{
    struct snapshot *one = child(11, 0);
    ends(one, TRACE_END_EXITS, 1100, 5, 6);
    find();
    assert_times(one, 0, 0, 0, 0);
    assert_status(one, true, 0);
}
END_TEST

START_TEST(a_running_process_is_looked_at)
{
    struct snapshot *one = child(getpid(), 1);
    one->is_running = true;
    ends(one, TRACE_END_EXECUTES, 2, 0, 0);
    uint64_t before = now_ns();
    for (volatile int i = 0; i < 10000000; i++)
        ;
    find();
    ck_assert_uint_ge(one->usage.wall_ns, before - MS);
    ck_assert_uint_gt(one->usage.user_ns + one->usage.system_ns, 0);
    assert_status(one, true, -1);
}
END_TEST

/* Its threads are asked for their processor time, unless they have other numbers here. */
START_TEST(running_threads_are_looked_at)
{
    struct snapshot *one = child(getpid(), 1), *two = child(getpid(), 1);
    struct snapshot_thread threads[2] = {
        {.tid = getpid(), .begun_ns = now_ns() - 5 * MS}, {.tid = getpid()}};
    struct snapshot_thread others_there = threads[0];
    for (volatile int i = 0; i < 10000000; i++)
        ;
    one->is_running = two->is_running = true;
    one->threads = threads;
    one->thread_count = 2;
    two->birth = UINT64_C(7) << 32;
    two->threads = &others_there;
    two->thread_count = 1;
    find();
    if (access("/proc/self/schedstat", R_OK) == 0) {
        ck_assert_uint_gt(threads[0].cpu_ns, 0);
        ck_assert_uint_ge(threads[0].ran_ns, 5 * MS);
    }
    ck_assert(threads[1].ran_ns == 0 && threads[1].cpu_ns == 0);
    ck_assert(others_there.ran_ns == 0 && others_there.cpu_ns == 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("lifetimes");
    TCase *tests = tcase_create("lifetimes");
    tcase_add_checked_fixture(tests, begin, NULL);
    tcase_add_test(tests, a_process_that_exits_has_said_everything);
    tcase_add_test(tests, the_launcher_knows_when_the_program_was_executed);
    tcase_add_test(tests, what_it_saw_of_another_process_counts_for_nobody);
    tcase_add_test(tests, the_launcher_knows_the_end_of_a_program_that_was_killed);
    tcase_add_test(tests, a_destructor_may_be_followed_by_others);
    tcase_add_test(tests, an_executed_program_goes_on_where_the_former_one_ended);
    tcase_add_test(tests, an_execution_that_failed_is_no_end);
    tcase_add_test(tests, a_program_that_is_not_traced_ends_the_former_one);
    tcase_add_test(tests, the_same_number_in_another_namespace_is_another_process);
    tcase_add_test(tests, a_forked_child_begins_when_it_is_forked);
    tcase_add_test(tests, a_child_that_worked_long_before_began_when_it_was_loaded);
    tcase_add_test(tests, of_a_killed_process_the_latest_hit_is_known);
    tcase_add_test(tests, the_tool_may_have_seen_the_end_of_another_process);
    tcase_add_test(tests, the_first_end_with_a_number_is_the_process);
    tcase_add_test(tests, without_a_beginning_there_are_no_times);
    tcase_add_test(tests, a_running_process_is_looked_at);
    tcase_add_test(tests, running_threads_are_looked_at);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
