/* test_tasks.c - tasks are found by their keys, and tell in which state they are. */
// needs: preload/task/tasks.c preload/task/turns.c preload/code/claim.c preload/base/clock.c
// needs: preload/trace/segment.c preload/x86_64/processor.c preload/base/linkmap.c
// needs: tests/unit/preload/stand_ins.c cli
// tsan: yes
#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "task/tasks.h"
#include "task/turns.h"
#include "trace/file.h"
#include "trace/snapshot.h"
#include "trace/tasks/word.h"
#include "segment_fixture.h"
#include "suite.h"

#define KEY      UINT64_C(0x7f0000001000)
#define TOLD(of) ((of) | HOOK_TASK_KEY_OF(1))

/* The frames of calls as they lie on a thread's stack: a deeper one has a lower address. */
static struct call_frame frames[64];
static struct hook_record turn = {.task = TOLD(HOOK_TASK_TURN)},
                          cloning = {.task = TOLD(HOOK_TASK_LEAF | HOOK_TASK_TAKEN)},
                          cloning_elsewhere = {.task = TOLD(HOOK_TASK_LEAF | HOOK_TASK_TAKEN |
                                                            HOOK_TASK_TURNLESS)},
                          dropping = {.task = TOLD(HOOK_TASK_GIVEN)},
                          waking = {.task = TOLD(HOOK_TASK_WOKEN)},
                          ending = {.task = TOLD(HOOK_TASK_END)};
static struct turns turns;
static trace_index thread, frame, leaves[7];
static struct snapshot *snapshot;

static void set_up(void)
{
    segment_set_up();
    memset(&turns, 0, sizeof turns);
    clock_kind = segment.header->clock = TRACE_CLOCK_MONOTONIC;
    segment.header->ready = 1;
    thread = segment_make(TRACE_THREAD);
    struct trace_string name = segment_text(&segment, "clone", 5);
    trace_index leaf_name = segment_make(TRACE_LEAF_NAME);
    segment_record(&segment, leaf_name)->leaf_name.name = name;
    segment_record(&segment, leaf_name)->leaf_name.flags = TRACE_NAME_WAKES;
    for (size_t i = 0; i < 7; i++) {
        frame = segment_make(TRACE_FRAME);
        segment_record(&segment, frame)->node.thread = thread;
        leaves[i] = segment_make(TRACE_LEAF);
        segment_record(&segment, leaves[i])->node.module = leaf_name;
        segment_record(&segment, leaves[i])->node.thread = thread;
        segment_record(&segment, leaves[i])->node.caller = frame;
    }
}

static void tear_down(void)
{
    snapshot_destroy(snapshot);
    snapshot = NULL;
    segment_tear_down();
}

static void call_at(size_t depth, struct hook_record *record, uint64_t key, trace_index node)
{
    const struct turns_call of = {&segment, &turns, thread, node, key, clock_ticks()};
    struct call_frame *call = &frames[63 - depth];
    call->record = record;
    turns_note(&of, call);
}

static void call(struct hook_record *record, uint64_t key)
{
    call_at(10, record, key, leaves[0]);
}

static void begin(size_t depth, uint64_t key)
{
    call_at(depth, &turn, key, 0);
}

static void leave(size_t depth)
{
    turns_leave(&turns, &frames[63 - depth], clock_ticks());
}

static void read_trace(void)
{
    const char *why;
    snapshot_destroy(snapshot);
    ck_assert_int_eq(snapshot_read(segment.path, &snapshot, &why), 0);
    ck_assert_uint_eq(snapshot->malformed, 0);
}

static const struct snapshot_task *task_of(uint64_t key)
{
    read_trace();
    for (size_t i = 0; i < snapshot->task_count; i++)
        if (snapshot->tasks[i].key == key)
            return &snapshot->tasks[i];
    ck_abort_msg("no task %lx", key);
}

START_TEST(a_task_runs_in_its_turn_and_waits_where_it_has_taken_a_waker)
{
    begin(0, KEY);
    ck_assert_int_eq(task_of(KEY)->state, TASK_RUNNING);
    call(&cloning, KEY);
    leave(0);
    const struct snapshot_task *task = task_of(KEY);
    ck_assert_int_eq(task->state, TASK_WAITING);
    ck_assert_uint_eq(task->turns, 1);
    ck_assert_uint_eq(task->place_count, 1);
    ck_assert_uint_eq(task->places[0], 0);
    ck_assert_uint_eq(task->thread, 0);
    ck_assert_uint_le(task->born_ns, task->since_ns);
}
END_TEST

START_TEST(a_task_that_was_woken_waits_for_its_turn)
{
    begin(0, KEY);
    call(&cloning, KEY);
    leave(0);
    call(&waking, KEY);
    ck_assert_int_eq(task_of(KEY)->state, TASK_READY);
    begin(0, KEY);
    ck_assert_int_eq(task_of(KEY)->state, TASK_RUNNING);
    leave(0);
    ck_assert_int_eq(task_of(KEY)->state, TASK_WAITING); /* the waker is still out */
    ck_assert_uint_eq(task_of(KEY)->turns, 2);
}
END_TEST

START_TEST(without_a_waker_it_cannot_be_woken_if_ends_are_seen)
{
    begin(0, KEY);
    call(&cloning, KEY);
    call(&dropping, KEY);
    leave(0);
    ck_assert_int_eq(task_of(KEY)->state, TASK_ENDED_OR_LOST);
    begin(0, KEY + 64);
    call(&cloning, KEY + 64);
    call(&dropping, KEY + 64);
    call(&ending, KEY + 64);
    leave(0);
    ck_assert_int_eq(task_of(KEY)->state, TASK_NO_WAKER);
    ck_assert_int_eq(task_of(KEY + 64)->state, TASK_FINISHED);
}
END_TEST

START_TEST(a_turn_that_nothing_can_have_caused_is_the_first_one_of_another_task)
{
    begin(0, KEY);
    call(&cloning, KEY);
    call(&dropping, KEY);
    leave(0);
    begin(0, KEY);
    ck_assert_uint_eq(task_of(KEY)->turns, 1);
    call(&ending, KEY);
    leave(0);
    begin(0, KEY);
    ck_assert_uint_eq(task_of(KEY)->turns, 1);
    call(&waking, KEY); /* by itself, in its turn */
    leave(0);
    begin(0, KEY);
    ck_assert_uint_eq(task_of(KEY)->turns, 2);
}
END_TEST

START_TEST(a_turn_after_the_end_is_that_of_another_task)
{
    begin(0, KEY);
    call(&cloning, KEY); /* who waits for its result may keep a waker */
    call(&ending, KEY);
    leave(0);
    begin(0, KEY);
    leave(0);
    ck_assert_uint_eq(task_of(KEY)->turns, 1);
}
END_TEST

START_TEST(the_latest_places_are_kept_each_once)
{
    begin(0, KEY);
    for (size_t i = 0; i < 7; i++)
        call_at(10, &cloning, KEY, leaves[i]);
    call_at(10, &cloning, KEY, leaves[5]);
    leave(0);
    const struct snapshot_task *task = task_of(KEY);
    ck_assert_uint_eq(task->place_count, TRACE_TASK_NODES);
    ck_assert_uint_eq(task->fresh, TRACE_TASK_NODES);
    ck_assert_uint_eq(task->places[0], 5);
    ck_assert_uint_eq(task->places[1], 6);
    ck_assert_uint_eq(task->places[2], 4);
}
END_TEST

START_TEST(an_earlier_place_counts_while_its_waker_is_out)
{
    begin(0, KEY);
    call_at(10, &cloning, KEY, leaves[1]);
    leave(0);
    begin(0, KEY);
    call_at(10, &cloning, KEY, leaves[2]);
    leave(0);
    ck_assert_uint_eq(task_of(KEY)->fresh, 1);
    ck_assert_uint_eq(task_of(KEY)->place_count, 2);
    call(&dropping, KEY);
    ck_assert_uint_eq(task_of(KEY)->place_count, 1);
    ck_assert_uint_eq(task_of(KEY)->places[0], 2);
}
END_TEST

START_TEST(the_innermost_turn_waits)
{
    begin(0, KEY);
    begin(5, KEY + 64);
    call_at(10, &cloning, KEY + 64, leaves[1]);
    leave(5);
    call_at(10, &cloning, KEY, leaves[2]);
    leave(0);
    ck_assert_uint_eq(task_of(KEY)->places[0], 2);
    ck_assert_uint_eq(task_of(KEY)->place_count, 1);
    ck_assert_uint_eq(task_of(KEY + 64)->places[0], 1);
}
END_TEST

START_TEST(a_task_in_whose_turn_others_have_turns_runs_them)
{
    begin(0, KEY);
    ck_assert_int_eq(task_of(KEY)->state, TASK_RUNNING);
    begin(5, KEY + 64);
    ck_assert_int_eq(task_of(KEY + 64)->state, TASK_RUNNING);
    leave(5);
    ck_assert_int_eq(task_of(KEY)->state, TASK_RUNS_OTHERS);
    leave(0);
    ck_assert_int_eq(task_of(KEY)->state, TASK_ENDED_OR_LOST);
    begin(0, KEY);
    ck_assert_int_eq(task_of(KEY)->state, TASK_RUNNING);
}
END_TEST

/* A task that is finished, or that nobody can wake. */
static struct snapshot_task make_lost(void)
{
    static struct hook_record turn_with_word = {.task = TOLD(HOOK_TASK_TURN | HOOK_TASK_HAS_WORD)};
    call_at(0, &turn_with_word, KEY, 0);
    leave(0);
    return *task_of(KEY);
}

START_TEST(the_word_of_a_task_tells_whether_it_is_finished)
{
    static const struct {
        uint64_t word;
        enum task_state state;
    } words[] = {
        {0x40, TASK_NO_WAKER},           /* one reference */
        {0xc8, TASK_NO_WAKER},           /* three, and somebody waits for its end */
        {0x84, TASK_READY},              /* it was woken */
        {0x81, TASK_RUNNING},            /* its turn has just begun */
        {0x42, TASK_FINISHED},           /* it is kept for its result */
        {0, TASK_FINISHED},              /* there is no reference */
        {0x7f1234567890, TASK_FINISHED}, /* its memory is used otherwise */
        {UINT64_MAX, TASK_FINISHED},
    };
    const struct snapshot_task lost = make_lost();
    ck_assert_int_eq(lost.state, TASK_ENDED_OR_LOST);
    ck_assert(task_word_is_of_use(&lost));
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        struct snapshot_task task = lost;
        task_word_settle(&task, &words[i].word);
        ck_assert_int_eq(task.state, words[i].state);
    }
    struct snapshot_task freed = lost;
    task_word_settle(&freed, NULL);
    ck_assert_int_eq(freed.state, TASK_FINISHED);
}
END_TEST

START_TEST(the_word_of_a_task_that_waits_is_not_needed)
{
    struct snapshot_task task = make_lost();
    begin(0, KEY); /* a function of another kind */
    call(&cloning, KEY);
    leave(0);
    task = *task_of(KEY);
    ck_assert(task.has_word);
    ck_assert(!task_word_is_of_use(&task));
    begin(0, KEY + 64);
    leave(0);
    ck_assert(!task_word_is_of_use(task_of(KEY + 64)));
}
END_TEST

START_TEST(a_waker_of_another_task_is_no_place)
{
    begin(0, KEY);
    call(&cloning, KEY + 64);
    leave(0);
    ck_assert_uint_eq(task_of(KEY)->place_count, 0);
    ck_assert_uint_eq(snapshot->task_count, 1);
}
END_TEST

START_TEST(a_task_whose_turns_are_not_seen_waits_within_another_or_by_itself)
{
    begin(0, KEY);
    call_at(10, &cloning_elsewhere, KEY + 64, leaves[1]);
    leave(0);
    ck_assert_uint_eq(task_of(KEY)->places[0], 1);
    call_at(10, &cloning_elsewhere, KEY + 128, leaves[2]);
    ck_assert_int_eq(task_of(KEY + 128)->state, TASK_WAITING);
    ck_assert_uint_eq(task_of(KEY + 128)->places[0], 2);
}
END_TEST

START_TEST(a_turn_that_was_left_by_a_jump_is_over)
{
    begin(5, KEY);
    begin(3, KEY + 64); /* its frame lies above */
    call_at(10, &cloning, KEY + 64, leaves[1]);
    leave(3);
    ck_assert_uint_eq(turns.depth, 0);
    ck_assert_uint_eq(task_of(KEY + 64)->place_count, 1);
    begin(5, KEY);
    leave(5);
    ck_assert_uint_eq(task_of(KEY)->turns, 2);
}
END_TEST

START_TEST(turns_that_are_nested_too_deep_are_not_seen)
{
    for (size_t i = 0; i < TURNS_MAX + 2; i++)
        begin(i, KEY + 64 * i);
    for (size_t i = TURNS_MAX + 2; i-- > 0;)
        leave(i);
    read_trace();
    ck_assert_uint_eq(snapshot->task_count, TURNS_MAX);
    ck_assert_uint_eq(turns.depth, 0);
}
END_TEST

#define MANY    5000u
#define THREADS 4

/* Each thread gives turns to tasks of its own, and takes wakers of all. */
static void *take_turns(void *number)
{
    struct turns own = {.depth = 0};
    struct call_frame here = {.record = &turn};
    uint64_t first = (uint64_t)(uintptr_t)number * MANY;
    for (uint64_t i = 0; i < MANY; i++) {
        const struct turns_call of = {&segment, &own, thread, 0, KEY + 64 * (first + i), 1};
        here.record = &turn;
        turns_note(&of, &here);
        turns_leave(&own, &here, 2);
        const struct turns_call other = {
            &segment, &own, thread, 0, KEY + 64 * (i * 7 % (THREADS * MANY)), 1};
        here.record = &waking;
        turns_note(&other, &here);
    }
    return NULL;
}

START_TEST(threads_make_one_record_for_each_task)
{
    pthread_t threads[THREADS];
    for (uintptr_t i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, take_turns, (void *)i);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    read_trace();
    ck_assert_uint_eq(snapshot->task_count, THREADS * MANY);
    for (size_t i = 0; i < snapshot->task_count; i++)
        ck_assert_uint_eq(snapshot->tasks[i].turns, 1);
    ck_assert_uint_eq(snapshot->lost_turns, 0);
}
END_TEST

START_TEST(turns_without_room_are_counted)
{
    segment.is_full = 1;
    while (segment_claim(&segment, 100))
        continue;
    begin(0, KEY);
    leave(0);
    read_trace();
    ck_assert_uint_eq(snapshot->task_count, 0);
    ck_assert_uint_eq(snapshot->lost_turns, 1);
}
END_TEST

START_TEST(a_hostile_table_is_left_out)
{
    const char *why;
    begin(0, KEY);
    leave(0);
    struct trace_task_table *table = &segment_record(&segment, segment.header->tasks)->task_table;
    table->next = segment.header->tasks; /* a circle */
    ck_assert_int_eq(snapshot_read(segment.path, &snapshot, &why), 0);
    ck_assert_uint_eq(snapshot->task_count, 0);
    ck_assert_uint_eq(snapshot->malformed, 1);
    snapshot_destroy(snapshot);
    table->next = 0;
    table->count = UINT32_MAX;
    ck_assert_int_eq(snapshot_read(segment.path, &snapshot, &why), 0);
    ck_assert_uint_eq(snapshot->task_count, 0);
    ck_assert_uint_eq(snapshot->malformed, 1);
}
END_TEST

START_TEST(a_place_that_is_no_leaf_is_left_out)
{
    const char *why;
    begin(0, KEY);
    call_at(10, &cloning, KEY, frame);
    leave(0);
    ck_assert_int_eq(snapshot_read(segment.path, &snapshot, &why), 0);
    ck_assert_uint_eq(snapshot->task_count, 1);
    ck_assert_uint_eq(snapshot->tasks[0].place_count, 0);
    ck_assert_uint_eq(snapshot->malformed, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tasks");
    TCase *cases = tcase_create("tasks");
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, a_task_runs_in_its_turn_and_waits_where_it_has_taken_a_waker);
    tcase_add_test(cases, a_task_that_was_woken_waits_for_its_turn);
    tcase_add_test(cases, without_a_waker_it_cannot_be_woken_if_ends_are_seen);
    tcase_add_test(cases, a_turn_that_nothing_can_have_caused_is_the_first_one_of_another_task);
    tcase_add_test(cases, a_turn_after_the_end_is_that_of_another_task);
    tcase_add_test(cases, the_latest_places_are_kept_each_once);
    tcase_add_test(cases, an_earlier_place_counts_while_its_waker_is_out);
    tcase_add_test(cases, the_innermost_turn_waits);
    tcase_add_test(cases, a_task_in_whose_turn_others_have_turns_runs_them);
    tcase_add_test(cases, the_word_of_a_task_tells_whether_it_is_finished);
    tcase_add_test(cases, the_word_of_a_task_that_waits_is_not_needed);
    tcase_add_test(cases, a_waker_of_another_task_is_no_place);
    tcase_add_test(cases, a_task_whose_turns_are_not_seen_waits_within_another_or_by_itself);
    tcase_add_test(cases, a_turn_that_was_left_by_a_jump_is_over);
    tcase_add_test(cases, turns_that_are_nested_too_deep_are_not_seen);
    tcase_add_test(cases, threads_make_one_record_for_each_task);
    tcase_add_test(cases, turns_without_room_are_counted);
    tcase_add_test(cases, a_hostile_table_is_left_out);
    tcase_add_test(cases, a_place_that_is_no_leaf_is_left_out);
    suite_add_tcase(suite, cases);
    return suite_run(suite);
}
