/* test_threads.c - threads that share one trace file; built under TSan as well. */
// needs: preload/record/thread.c preload/record/thread_time.c preload/root/calls.c
// needs: preload/root/call_list.c preload/root/values.c preload/record/open_calls.c
// needs: preload/record/elsewhere.c
// needs: preload/object/object_calls.c preload/object/objects.c
// needs: preload/code/claim.c preload/walk/stack.c
// needs: preload/walk/walk_cache.c preload/trace/tree.c preload/trace/segment.c
// needs: preload/walk/unwind.c preload/walk/unwind_general.c preload/walk/unwind_memory.c
// needs: preload/walk/frame_row.c preload/walk/cfi.c preload/trace/modules.c preload/code/pad.c
// needs: preload/trace/mapped_file.c preload/base/linkmap.c preload/base/clock.c
// needs: preload/x86_64/processor.c preload/x86_64/jumps.c preload/x86_64/hints.c
// needs: tests/unit/preload/stand_ins.c
// tsan: yes
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "trace/segment.h"
#include "record/thread.h"
#include "segment_fixture.h"
#include "suite.h"

#define THREADS 8
#define PIECES  2000

static trace_index claimed[THREADS][PIECES];
static struct thread *owned[THREADS];

static void set_up(void)
{
    segment_set_up();
    segment.header->pid = getpid();
}

static void in_threads(void *(*function)(void *))
{
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, function, (void *)i), 0);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

static void *claim(void *argument)
{
    size_t number = (size_t)argument;
    for (size_t i = 0; i < PIECES; i++) {
        trace_index index = segment_claim(&segment, 1 + i % 3);
        if (index != 0) {
            segment_record(&segment, index)->node.address = number;
            segment_publish(segment_record(&segment, index), TRACE_FRAME);
        }
        claimed[number][i] = index;
    }
    return NULL;
}

/* The file grows many times meanwhile. */
START_TEST(no_record_is_given_to_two_threads)
{
    uint32_t total = TRACE_FIRST_RECORD;
    in_threads(claim);
    for (size_t number = 0; number < THREADS; number++) {
        for (size_t i = 0; i < PIECES; i++) {
            ck_assert_uint_ne(claimed[number][i], 0);
            ck_assert_uint_eq(segment_record(&segment, claimed[number][i])->node.address, number);
            total += 1 + i % 3;
        }
    }
    ck_assert_uint_eq(segment.header->used, total);
}
END_TEST

#define LIMIT_ROUNDS 40

/* The first one limits the file while the others make it grow; each tries a little later. */
static void *limit_or_claim(void *argument)
{
    static _Atomic unsigned round;
    if (argument != NULL)
        return claim(argument);
    for (unsigned wait = 200 * round++; wait > 0; wait--)
        __asm__ volatile("pause");
    segment_limit(&segment, 0);
    return NULL;
}

/* What was given out before or meanwhile can be written; then there is nothing more. */
START_TEST(a_limit_takes_nothing_away_that_is_in_use)
{
    for (unsigned round = 0; round < LIMIT_ROUNDS; round++) {
        size_t reserved = segment.reserved;
        in_threads(limit_or_claim);
        ck_assert_uint_lt(segment.reserved, reserved);
        ck_assert_uint_le((size_t)segment.committed * TRACE_RECORD_SIZE, segment.reserved);
        for (size_t i = 0; segment_claim(&segment, 1) != 0; i++)
            ck_assert_uint_lt(i, segment.reserved / TRACE_RECORD_SIZE);
        segment_tear_down();
        set_up();
    }
}
END_TEST

static void *use_tree(void *argument)
{
    struct tree tree = {.segment = &segment, .thread = (trace_index)(size_t)argument + 1};
    trace_index caller = 0;
    struct tree_path path = {0, 0};
    for (uint32_t i = 0; i < PIECES; i++) {
        struct tree_step step = {.module = 5, .kind = TRACE_FRAME, .address = 0x1000 + i};
        if (i % 7 == 0)
            caller = 0, path = (struct tree_path){0, 0};
        path = tree_extend(path, tree_word(&step));
        trace_index index = segment_claim(&segment, 1);
        if (index == 0 || tree_find_frame(&tree, caller, &step, path) != 0 ||
            !tree_make(&tree, index, path, caller, &step, 0) ||
            tree_find_frame(&tree, caller, &step, path) != index)
            return "lost";
        caller = index;
    }
    tree_finish(&tree);
    return NULL;
}

START_TEST(every_thread_has_a_tree_of_its_own)
{
    uint32_t nodes[THREADS + 1] = {0};
    in_threads(use_tree);
    for (trace_index i = TRACE_FIRST_RECORD; i < segment.header->used; i++)
        nodes[segment_record(&segment, i)->node.thread]++;
    for (size_t i = 1; i <= THREADS; i++)
        ck_assert_uint_eq(nodes[i], PIECES);
}
END_TEST

static pthread_barrier_t all_are_there;

static void *own(void *argument)
{
    struct thread *thread = thread_self(&segment, 1);
    owned[(size_t)argument] = thread;
    if (thread_self(&segment, 1) != thread)
        owned[(size_t)argument] = NULL;
    pthread_barrier_wait(&all_are_there);
    return NULL;
}

START_TEST(living_threads_share_no_memory_and_ended_ones_leave_theirs)
{
    struct thread *first[THREADS];
    pthread_barrier_init(&all_are_there, NULL, THREADS);
    in_threads(own);
    memcpy(first, owned, sizeof first);
    for (size_t i = 0; i < THREADS; i++) {
        ck_assert_ptr_nonnull(owned[i]);
        for (size_t j = 0; j < i; j++)
            ck_assert_ptr_ne(owned[i], owned[j]);
    }
    usleep(20000); /* pthread_join returns before the kernel has quite let go of the id */
    in_threads(own);
    size_t again = 0;
    for (size_t i = 0; i < THREADS; i++)
        for (size_t j = 0; j < THREADS; j++)
            again += owned[i] == first[j];
    ck_assert_uint_ge(again, THREADS / 2);
}
END_TEST

static void *own_and_end(void *argument)
{
    (void)argument;
    return thread_self(&segment, 1);
}

/* One after the other, as many as have a tree each, and more. */
START_TEST(after_many_threads_a_new_one_goes_on_in_the_tree_of_an_ended_one)
{
    const unsigned trees = 1000, later = 200;
    uint32_t used = 0, successors = 0, records = 0;
    for (unsigned i = 0; i < trees + later; i++) {
        pthread_t id;
        void *made;
        if (i == trees + later / 2)
            used = segment.header->used;
        ck_assert_int_eq(pthread_create(&id, NULL, own_and_end, NULL), 0);
        pthread_join(id, &made);
        ck_assert_ptr_nonnull(made);
    }
    for (trace_index i = TRACE_FIRST_RECORD; i < segment.header->used; i++) {
        const union trace_record *record = segment_record(&segment, i);
        if (record->kind != TRACE_THREAD)
            continue;
        records++;
        successors += record->thread.successors;
    }
    ck_assert_uint_eq(records + successors, trees + later);
    ck_assert_uint_ge(records, trees);
    ck_assert_uint_lt(records, trees + later / 4);
    ck_assert_uint_le(segment.header->used - used, later / 4);
}
END_TEST

/* ---- times ---- */

static struct trace_thread *record_of(const struct thread *thread)
{
    return &segment_record(&segment, thread->record)->thread;
}

static uint64_t compute(void)
{
    struct timespec used;
    do
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    while (used.tv_nsec < 3000000 && used.tv_sec == 0);
    return 3000000;
}

static void *begin_and_end(void *argument)
{
    thread_time_note_begin();
    struct thread *thread = thread_self(&segment, 1);
    uint64_t least = argument ? compute() : 0;
    thread_note_end(&segment, 2); /* another trace file */
    ck_assert_uint_eq(record_of(thread)->timed, 0);
    thread_note_end(&segment, 1);
    thread_note_end(&segment, 1);
    ck_assert_uint_eq(record_of(thread)->timed, 1);
    ck_assert_uint_ge(record_of(thread)->cpu_ns, least);
    ck_assert_uint_gt(record_of(thread)->ran_ticks, 0);
    return thread;
}

static void *end_only(void *argument)
{
    (void)argument;
    struct thread *thread = thread_self(&segment, 1);
    thread_note_end(&segment, 1);
    return thread;
}

START_TEST(a_thread_is_timed_if_its_start_was_seen)
{
    pthread_t id;
    void *made;
    for (size_t i = 0; i < 4; i++) {
        pthread_create(&id, NULL, i % 2 ? end_only : begin_and_end, i == 0 ? &id : NULL);
        pthread_join(id, &made);
        ck_assert_uint_eq(record_of(made)->timed, i % 2 == 0);
        usleep(20000); /* so that the next one takes over its memory */
    }
}
END_TEST

static void *begin_and_stay(void *argument)
{
    thread_time_note_begin();
    owned[(size_t)argument] = thread_self(&segment, 1);
    pthread_barrier_wait(&all_are_there);
    pthread_barrier_wait(&all_are_there);
    return NULL;
}

static void assert_timed(uint32_t times)
{
    for (size_t i = 0; i < THREADS; i++)
        ck_assert_uint_eq(record_of(owned[i])->timed, times);
}

/* A child that shares the memory has another id than the trace's process. */
START_TEST(threads_that_are_there_are_timed_when_their_process_ends)
{
    pthread_t ids[THREADS];
    pthread_barrier_init(&all_are_there, NULL, THREADS + 1);
    for (size_t i = 0; i < THREADS; i++)
        pthread_create(&ids[i], NULL, begin_and_stay, (void *)i);
    pthread_barrier_wait(&all_are_there);
    segment.header->pid++;
    thread_note_all_ends(&segment, 1);
    assert_timed(0);
    segment.header->pid--;
    thread_note_all_ends(&segment, 2);
    assert_timed(0);
    thread_note_all_ends(&segment, 1);
    assert_timed(1);
    thread_note_all_ends(&segment, 1);
    assert_timed(1);
    pthread_barrier_wait(&all_are_there);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(ids[i], NULL);
}
END_TEST

START_TEST(a_level_is_free_again_after_the_hit_or_when_its_owner_is_gone)
{
    struct thread *thread = thread_self(&segment, 1);
    struct call_frame outer = {0}, inner = {0}, next = {0};
    struct thread_level *level = thread_begin(thread, &outer);
    ck_assert_ptr_eq(level, &thread->levels[0]);
    struct thread_level *above = thread_begin(thread, &inner);
    ck_assert_ptr_eq(above, &thread->levels[1]);
    thread_end(above, &inner);
    ck_assert_ptr_eq(thread_begin(thread, &inner), above);
    thread_end(above, &inner);
    outer.mark = 0; /* its stack is used otherwise: it was jumped over */
    ck_assert_ptr_eq(thread_begin(thread, &next), level);
    thread_end(level, &next);
}
END_TEST

START_TEST(hits_nested_too_deep_are_refused)
{
    struct thread *thread = thread_self(&segment, 1);
    struct call_frame calls[THREAD_LEVELS + 1] = {0};
    for (size_t i = 0; i < THREAD_LEVELS; i++)
        ck_assert_ptr_nonnull(thread_begin(thread, &calls[i]));
    ck_assert_ptr_null(thread_begin(thread, &calls[THREAD_LEVELS]));
    for (size_t i = 0; i < THREAD_LEVELS; i++)
        thread_end(&thread->levels[i], &calls[i]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("threads");
    TCase *cases = tcase_create("threads");
    tcase_set_timeout(cases, 60);
    tcase_add_checked_fixture(cases, set_up, segment_tear_down);
    tcase_add_test(cases, no_record_is_given_to_two_threads);
    tcase_add_test(cases, a_limit_takes_nothing_away_that_is_in_use);
    tcase_add_test(cases, every_thread_has_a_tree_of_its_own);
    tcase_add_test(cases, living_threads_share_no_memory_and_ended_ones_leave_theirs);
    tcase_add_test(cases, after_many_threads_a_new_one_goes_on_in_the_tree_of_an_ended_one);
    tcase_add_test(cases, a_thread_is_timed_if_its_start_was_seen);
    tcase_add_test(cases, threads_that_are_there_are_timed_when_their_process_ends);
    tcase_add_test(cases, a_level_is_free_again_after_the_hit_or_when_its_owner_is_gone);
    tcase_add_test(cases, hits_nested_too_deep_are_refused);
    suite_add_tcase(suite, cases);
    return suite_run(suite);
}
