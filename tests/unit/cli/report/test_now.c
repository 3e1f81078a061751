/*
 * test_now.c - what the threads of a run wait for, as text.
 */
// needs: tests/unit/trees.c cli
#include "report/now/now.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../trees.h"
#include "report/format.h"
#include "suite.h"
#include "tasks/groups.h"

#define SECOND UINT64_C(1000000000)

static struct view_options options;
static struct now now;
static char *text;

static void begin(void)
{
    trees_clear();
    options = trees_plain();
    now = (struct now){
        .name = "server", .pid = 7, .is_running = true, .processes = 1, .lines = SIZE_MAX};
    text = NULL;
}

static void finish(void)
{
    free(text);
    trees_clear();
}

/* Adds an open call of the latest thread. */
static struct tree_node *waits(const char *path, uint64_t seconds)
{
    struct tree_node *leaf = trees_path(path, 1, 0);
    leaf->leaf->returns = 0;
    leaf->leaf->ages = (struct ages){seconds * SECOND, seconds * SECOND};
    return leaf;
}

static void print(size_t columns)
{
    size_t size;
    FILE *out = open_memstream(&text, &size);
    const struct report report = {.out = out, .style = {.columns = columns}};
    now.view = trees_view(&options);
    now_text_print(&report, &now);
    fclose(out);
}

static void expect(const char *expected)
{
    print(0);
    ck_assert_str_eq(text, expected);
}

START_TEST(threads_with_one_path_are_put_together)
{
    trees_process(7, "server");
    waits("main > [join]", 5);
    for (int i = 1; i < 4; i++) {
        trees_thread(10 + i, "worker-1");
        waits("run > take > [pop]", (uint64_t)i);
    }
    expect("server[7]: 4 threads wait\n\n"
           "3 threads \"worker-1\" wait 1.0 s to 3.0 s\n    run > take > pop\n\n"
           "main thread 7 waits 5.0 s\n    main > join\n");
}
END_TEST

START_TEST(of_a_leaf_within_a_leaf_the_inner_one_is_told)
{
    trees_process(7, "server");
    waits("main > [getaddrinfo]", 2);
    waits("main > [getaddrinfo] > [poll]", 1);
    expect("server[7]: 1 thread waits\n\n"
           "main thread 7 waits 1.0 s\n    main > getaddrinfo > poll\n");
}
END_TEST

START_TEST(one_object_is_said_first_and_several_have_lines)
{
    trees_process(7, "server");
    trees_object(waits("main > [lock]", 2), "mutex a", "mutex a", 1, 0, true);
    trees_thread(11, "one");
    trees_object(waits("run > [lock]", 1), "mutex b", "mutex b", 1, 0, true);
    trees_thread(12, "one");
    trees_object(waits("run > [lock]", 1), "mutex c", "mutex c", 1, 0, true);
    print(0);
    ck_assert_ptr_nonnull(strstr(text, "main thread 7 waits 2.0 s for mutex a\n    main > lock\n"));
    ck_assert_ptr_nonnull(
        strstr(text, "2 threads \"one\" wait 1.0 s\n    run > lock\n    mutex b\n    mutex c\n"));
}
END_TEST

START_TEST(idle_threads_come_last_with_a_line_for_each_kind)
{
    options.idle = PATTERNS("loop");
    trees_process(7, "server");
    waits("main > loop > [poll]", 90);
    trees_thread(11, "io");
    waits("run > [fsync]", 1);
    expect("server[7]: 1 thread waits, 1 idle\n\n"
           "thread 11 \"io\" waits 1.0 s\n    run > fsync\n\n"
           "idle, they wait for work:\n"
           "  main thread 7 waits 1 min 30 s  main > loop > poll\n");
    free(text);
    now.is_all = true;
    print(0);
    ck_assert_ptr_nonnull(strstr(text, "main thread 7 waits 1 min 30 s (idle)\n"));
}
END_TEST

START_TEST(what_is_not_shown_is_counted)
{
    now.lines = 1;
    trees_process(7, "server");
    waits("main > [read]", 9);
    trees_thread(11, "a");
    waits("run > [write]", 2);
    trees_thread(12, "b");
    waits("run > [fsync]", 1);
    print(0);
    ck_assert_ptr_nonnull(
        strstr(text, "\n... and 2 other waits of 2 threads: see --all, --lines N\n"));
    ck_assert_ptr_null(strstr(text, "fsync"));
    free(text);
    now.min_ns = 5 * SECOND;
    now.lines = SIZE_MAX;
    print(0);
    ck_assert_ptr_null(strstr(text, "write"));
}
END_TEST

START_TEST(threads_in_no_call_are_said_to_run_or_sleep)
{
    const struct now_threads threads[] = {{NOW_RUNS, "a", "", "server", 7, 7, true, 1, 98, true},
        {NOW_SLEEPS, "b", "do_wait", "server", 7, 9, false, 1, 0, false},
        {NOW_STOPPED, "c", "", "server", 7, 10, false, 2, 0, false}};
    trees_process(7, "server");
    now.threads = threads;
    now.thread_count = 3;
    expect("server[7]: 0 threads wait, 4 in no wait\n\n"
           "server[7]: running, 98 % on CPU\n"
           "thread 9 \"b\": asleep in the kernel, in no wait that is traced (do_wait)\n"
           "2 threads \"c\": stopped by a signal or a debugger\n");
}
END_TEST

/* ---- tasks ---- */

static struct place lock = {.text = "handle > store > Mutex::lock"},
                    message = {.text = "handle > Receiver::recv"}, accepts = {.text = "accept"};

static struct task_group tasks_of(enum task_state state, size_t count, uint64_t seconds)
{
    return (struct task_group){
        .state = state, .count = count, .shortest_ns = SECOND, .longest_ns = seconds * SECOND};
}

static struct task_group at(struct task_group group, const struct place *place, size_t fresh)
{
    group.places[group.place_count++] = place;
    group.fresh = fresh;
    return group;
}

START_TEST(tasks_stand_among_threads_by_their_time)
{
    struct task_group list[] = {at(tasks_of(TASK_WAITING, 2454, 3), &lock, 1),
        at(tasks_of(TASK_WAITING, 1, 1), &message, 1)};
    struct task_groups tasks = {
        .list = list, .count = 2, .tasks = 2455, .states = {[TASK_WAITING] = 2455}};
    now.tasks = &tasks;
    trees_process(7, "server");
    waits("main > [join]", 5);
    expect("server[7]: 1 thread waits\n"
           "tasks: 2,455 waiting\n\n"
           "2,454 tasks wait 1.0 s to 3.0 s\n    handle > store > Mutex::lock\n\n"
           "main thread 7 waits 5.0 s\n    main > join\n\n"
           "1 task waits 1.0 s\n    handle > Receiver::recv\n");
}
END_TEST

START_TEST(each_state_of_tasks_has_its_words)
{
    struct task_group list[] = {at(at(tasks_of(TASK_WAITING, 9, 1), &lock, 1), &message, 1),
        tasks_of(TASK_NO_WAKER, 8, 1), tasks_of(TASK_READY, 7, 1), tasks_of(TASK_RUNNING, 6, 1),
        at(tasks_of(TASK_UNKNOWN, 5, 1), &lock, 0), tasks_of(TASK_ENDED_OR_LOST, 4, 1),
        tasks_of(TASK_FINISHED, 3, 1), tasks_of(TASK_RUNS_OTHERS, 2, 1)};
    struct task_groups tasks = {.list = list, .count = 8, .tasks = 1, .lost_turns = 12};
    for (size_t i = 0; i < 8; i++)
        tasks.states[list[i].state] = list[i].count;
    list[0].fresh = 1;
    list[3].tid = 12;
    now.tasks = &tasks;
    expect("server[7]: 0 threads wait\n"
           "tasks: 9 waiting, 8 that nobody can wake, 7 ready to run, 6 running, 2 running others, "
           "5 in an unknown state, 4 finished or lost, 3 finished\n\n"
           "9 tasks wait 1.0 s\n    handle > store > Mutex::lock\n"
           "    perhaps handle > Receiver::recv\n\n"
           "8 tasks wait 1.0 s, and nobody can wake them\n\n"
           "7 tasks are ready to run for 1.0 s\n\n"
           "6 tasks run for 1.0 s, the longest one in thread 12\n\n"
           "5 tasks wait, are finished or lost for 1.0 s\n"
           "    perhaps handle > store > Mutex::lock\n\n"
           "4 tasks are finished or lost for 1.0 s\n"
           "12 turns were of tasks for which there was no room\n");
}
END_TEST

START_TEST(idle_tasks_are_one_line_and_others_are_counted)
{
    struct task_group list[] = {at(tasks_of(TASK_WAITING, 9, 5), &lock, 1),
        at(tasks_of(TASK_WAITING, 2, 3), &accepts, 1), at(tasks_of(TASK_WAITING, 1, 2), &lock, 1)};
    struct task_groups tasks = {.list = list, .count = 3, .tasks = 12};
    tasks.states[TASK_WAITING] = 12;
    list[1].is_idle = true;
    now.tasks = &tasks;
    now.lines = 1;
    trees_process(7, "server");
    waits("main > [join]", 1);
    expect("server[7]: 1 thread waits\n"
           "tasks: 12 waiting\n\n"
           "9 tasks wait 1.0 s to 5.0 s\n    handle > store > Mutex::lock\n\n"
           "... and 2 other waits of 1 thread and 1 task: see --all, --lines N\n\n"
           "idle, they wait for work:\n"
           "  2 tasks wait 1.0 s to 3.0 s  accept\n");
}
END_TEST

START_TEST(processes_are_named_where_there_are_several)
{
    now.processes = 3;
    trees_process(7, "server");
    waits("main > [wait]", 3);
    for (int pid = 8; pid < 10; pid++) {
        trees_process(pid, "worker");
        waits("main > [read]", 1);
    }
    print(0);
    ck_assert_ptr_nonnull(strstr(text, "server[7] waits 3.0 s\n"));
    ck_assert_ptr_nonnull(strstr(text, "2 x worker wait 1.0 s\n"));
}
END_TEST

START_TEST(with_places_each_function_has_a_line)
{
    static struct place lines = {.text = "handle at a.rs:3\nMutex::lock at m.rs:7"};
    struct task_group list[] = {at(at(tasks_of(TASK_WAITING, 2, 1), &lines, 1), &lines, 1)};
    struct task_groups tasks = {.list = list, .count = 1};
    now.tasks = &tasks;
    now.places = true;
    trees_process(7, "server");
    waits("main#12 > work@libx.so > [read]", 1);
    print(0);
    ck_assert_ptr_nonnull(strstr(text,
        "\nmain thread 7 waits 1.0 s\n    main at a.c:12\n    work at libx.so+0x0\n    read\n"));
    list[0].fresh = 1;
    free(text);
    print(0);
    ck_assert_ptr_nonnull(
        strstr(text, "\n2 tasks wait 1.0 s\n    handle at a.rs:3\n    Mutex::lock at m.rs:7\n"
                     "    perhaps:\n    handle at a.rs:3\n    Mutex::lock at m.rs:7\n"));
}
END_TEST

START_TEST(no_line_is_wider_than_the_terminal)
{
    trees_process(7, "server");
    struct tree_object *object = trees_object(
        waits("main > some_function_with_a_long_name > another_function_with_a_long_name > [lock]",
            1),
        "mutex of_a_variable_that_has_a_long_name_too", "mutex", 1, 0, true);
    (void)object;
    print(40);
    for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
        ck_assert_uint_le(strcspn(line, "\n"), 40);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("now");
    TCase *test = tcase_create("text");
    tcase_add_checked_fixture(test, begin, finish);
    tcase_add_test(test, threads_with_one_path_are_put_together);
    tcase_add_test(test, of_a_leaf_within_a_leaf_the_inner_one_is_told);
    tcase_add_test(test, one_object_is_said_first_and_several_have_lines);
    tcase_add_test(test, idle_threads_come_last_with_a_line_for_each_kind);
    tcase_add_test(test, what_is_not_shown_is_counted);
    tcase_add_test(test, threads_in_no_call_are_said_to_run_or_sleep);
    tcase_add_test(test, tasks_stand_among_threads_by_their_time);
    tcase_add_test(test, each_state_of_tasks_has_its_words);
    tcase_add_test(test, idle_tasks_are_one_line_and_others_are_counted);
    tcase_add_test(test, processes_are_named_where_there_are_several);
    tcase_add_test(test, with_places_each_function_has_a_line);
    tcase_add_test(test, no_line_is_wider_than_the_terminal);
    suite_add_tcase(suite, test);
    return suite_run(suite);
}
