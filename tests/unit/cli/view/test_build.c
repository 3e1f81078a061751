/*
 * test_build.c - what is dropped, merged and hidden, and that the sums are those of the trees.
 */
// needs: tests/unit/trees.c cli
#include "view/build.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "names/near_miss.h"
#include "suite.h"
#include "trees.h"

static struct view_options options;

static void begin(void)
{
    options = trees_plain();
    trees_process(100, "prog");
}

static const struct view *view_of_all(void)
{
    return trees_view(&options);
}

static void assert_view(const char *expected)
{
    ck_assert_str_eq(trees_text(view_of_all(), false), expected);
}

/* ---- sums ---- */

START_TEST(nodes_have_the_sums_of_what_is_below)
{
    trees_path("main > a > [read]", 2, 20);
    trees_path("main > a > b > [write]", 3, 5);
    trees_path("main > c > [read]", 1, 40);
    assert_view("main 6/65\n"
                "  c 1/40\n"
                "    read 1/40\n"
                "  a 5/25\n"
                "    read 2/20\n"
                "    b 3/5\n"
                "      write 3/5\n");
    const struct view *view = view_of_all();
    ck_assert_uint_eq(view->hits, 6);
    ck_assert_uint_eq(view->paths, 3);
    ck_assert_uint_eq(view->time_ns, 65);
    ck_assert_uint_eq(view->dropped_hits, 0);
}
END_TEST

START_TEST(places_of_a_function_are_one_node)
{
    trees_path("main#3 > a#7 > [read]", 1, 1);
    trees_path("main#4 > a#8 > [read]", 1, 2);
    assert_view("main 2/3\n  a 2/3\n    read 2/3\n");
    ck_assert_uint_eq(view_of_all()->paths, 1);
}
END_TEST

START_TEST(with_sites_places_are_nodes)
{
    options.sites = true;
    trees_path("main#3 > a#7 > [read]", 1, 1);
    trees_path("main#4 > a#7 > [read]", 1, 2);
    assert_view("main 1/2\n  a 1/2\n    read 1/2\n"
                "main 1/1\n  a 1/1\n    read 1/1\n");
}
END_TEST

START_TEST(functions_of_two_files_are_two_nodes)
{
    trees_path("main > f@liba.so > [read]", 1, 1);
    trees_path("main > f@libb.so > [read]", 1, 2);
    assert_view("main 2/3\n  f 1/2\n    read 1/2\n  f 1/1\n    read 1/1\n");
}
END_TEST

START_TEST(a_call_that_has_not_returned_counts_so_far)
{
    trees_open_path("main > [read]", 3, 10, 500);
    trees_path("main > [write]", 1, 7);
    assert_view("main 4/517 open 1:500\n  read 3/510 open 1:500\n  write 1/7\n");
    const struct view *view = view_of_all();
    ck_assert_uint_eq(view->time_ns, 517);
    ck_assert_uint_eq(view->open, 1);
    ck_assert_str_eq(view->leaves[0].name, "read");
    ck_assert_uint_eq(view->leaves[0].time_ns, 510);
    ck_assert_uint_eq(view->leaves[0].longest_ns, 500);
    ck_assert_uint_eq(view->leaves[0].open, 1);
}
END_TEST

START_TEST(a_leaf_within_a_leaf_adds_no_time)
{
    trees_path("main > [usleep]", 1, 100);
    trees_path("main > [usleep] > [nanosleep]", 1, 90);
    trees_path("main > [usleep] > inner > [read]", 1, 5);
    assert_view("main 3/100\n"
                "  usleep 3/100\n"
                "    nanosleep 1/90\n"
                "    inner 1/5\n"
                "      read 1/5\n");
}
END_TEST

START_TEST(a_leaf_without_a_time_has_that_of_the_leaves_in_it)
{
    trees_path("main > [usleep]", 2, 0);
    trees_path("main > [usleep] > [nanosleep]", 1, 90);
    assert_view("main 3/90\n  usleep 3/90\n    nanosleep 1/90\n");
}
END_TEST

START_TEST(an_open_leaf_has_the_time_of_the_leaves_in_it)
{
    trees_open_path("main > [usleep]", 1, 0, 200);
    trees_path("main > [usleep] > [nanosleep]", 1, 90);
    assert_view("main 2/200 open 1:200\n"
                "  usleep 2/200 open 1:200\n"
                "    nanosleep 1/90\n");
    options.inverts = true;
    ck_assert_uint_eq(view_of_all()->time_ns, 200);
}
END_TEST

START_TEST(a_leaf_with_a_time_covers_only_its_own_calls)
{
    trees_path("main > [usleep]", 1, 100);
    trees_path("main > [usleep] > [nanosleep]", 1, 90);
    trees_thread(101, "prog");
    trees_path("main > [usleep]", 1, 0);
    trees_path("main > [usleep] > [nanosleep]", 1, 30);
    trees_process(200, "prog");
    trees_path("main > [usleep]", 1, 0);
    trees_path("main > [usleep] > [nanosleep]", 1, 7);
    const struct view *view = view_of_all();
    ck_assert_uint_eq(view->time_ns, 137);
    ck_assert_str_eq(trees_text(view, false), "= prog[100] 2 4/107\n"
                                              "main 4/107\n"
                                              "  usleep 4/107\n"
                                              "    nanosleep 2/97\n"
                                              "= prog[100] 1 thread 101 \"\" 1 2/30\n"
                                              "main 2/30\n"
                                              "  usleep 2/30\n"
                                              "    nanosleep 1/30\n");
}
END_TEST

/* ---- drop ---- */

static void build_service(void)
{
    trees_path("main > serve > Cache::get(int) > [read]", 1, 10);
    trees_path("main > serve > log > [write]", 2, 20);
    trees_path("main > log > [write]", 4, 40);
    trees_path("main > [poll]", 8, 80);
}

START_TEST(under_a_function_its_callers_are_left_out)
{
    build_service();
    options.under = PATTERNS("serve");
    assert_view("serve 3/30\n"
                "  log 2/20\n    write 2/20\n"
                "  Cache::get(int) 1/10\n    read 1/10\n");
    ck_assert_uint_eq(view_of_all()->dropped_hits, 12);
    ck_assert_uint_eq(view_of_all()->hits, 3);
}
END_TEST

START_TEST(under_a_leaf_is_the_leaf)
{
    build_service();
    options.under = PATTERNS("poll");
    assert_view("poll 8/80\n");
}
END_TEST

START_TEST(under_several_functions_are_several_trees)
{
    build_service();
    options.under = PATTERNS("Cache::*", "log");
    assert_view("log 6/60\n  write 6/60\nCache::get(int) 1/10\n  read 1/10\n");
}
END_TEST

START_TEST(under_begins_at_the_outermost_match)
{
    trees_path("main > a > b > a > c > [read]", 1, 10);
    options.under = PATTERNS("a");
    options.sites = true;
    assert_view("a 1/10\n  b 1/10\n    a 1/10\n      c 1/10\n        read 1/10\n");
}
END_TEST

START_TEST(through_a_function_the_way_to_it_stays)
{
    build_service();
    options.through = PATTERNS("log");
    assert_view("main 6/60\n"
                "  log 4/40\n    write 4/40\n"
                "  serve 2/20\n    log 2/20\n      write 2/20\n");
    ck_assert_uint_eq(view_of_all()->dropped_hits, 9);
}
END_TEST

START_TEST(without_a_function_all_below_it_is_left_out)
{
    build_service();
    options.without = PATTERNS("log", "poll");
    assert_view("main 1/10\n  serve 1/10\n    Cache::get(int) 1/10\n      read 1/10\n");
    ck_assert_uint_eq(view_of_all()->dropped_hits, 14);
}
END_TEST

START_TEST(only_wanted_leaves_stay)
{
    build_service();
    options.leaves = PATTERNS("re*", "poll");
    assert_view("main 9/90\n"
                "  poll 8/80\n"
                "  serve 1/10\n    Cache::get(int) 1/10\n      read 1/10\n");
    ck_assert_uint_eq(view_of_all()->dropped_hits, 6);
}
END_TEST

START_TEST(a_leaf_that_is_dropped_covers_nothing)
{
    trees_path("main > [usleep]", 1, 100);
    trees_path("main > [usleep] > [nanosleep]", 1, 90);
    options.leaves = PATTERNS("nanosleep");
    const struct view *view = view_of_all();
    ck_assert_uint_eq(view->hits, 1);
    ck_assert_uint_eq(view->time_ns, 90);
    options.inverts = true;
    ck_assert_uint_eq(view_of_all()->time_ns, 90);
}
END_TEST

START_TEST(drops_are_combined)
{
    build_service();
    options.under = PATTERNS("serve", "log");
    options.through = PATTERNS("log");
    options.without = PATTERNS("Cache::get");
    options.leaves = PATTERNS("write");
    assert_view("log 4/40\n  write 4/40\nserve 2/20\n  log 2/20\n    write 2/20\n");
}
END_TEST

START_TEST(threads_are_wanted_by_name_pattern_or_number)
{
    trees_path("main > [poll]", 1, 1);
    trees_thread(101, "io-1");
    trees_path("run > [read]", 2, 20);
    trees_thread(102, "cpu-1");
    trees_path("run > [futex]", 4, 40);
    options.threads = PATTERNS("io-*");
    ck_assert_uint_eq(view_of_all()->hits, 2);
    ck_assert_uint_eq(view_of_all()->dropped_hits, 5);
    options.threads = PATTERNS("102", "io-1");
    ck_assert_uint_eq(view_of_all()->hits, 6);
    options.threads = PATTERNS("prog");
    ck_assert_uint_eq(view_of_all()->hits, 1);
}
END_TEST

START_TEST(processes_are_wanted_by_name_pattern_or_number)
{
    trees_path("main > [poll]", 1, 1);
    trees_process(200, "/usr/bin/child");
    trees_path("main > [read]", 2, 20);
    options.processes = PATTERNS("chi*");
    ck_assert_uint_eq(view_of_all()->hits, 2);
    ck_assert_uint_eq(view_of_all()->dropped_hits, 1);
    options.processes = PATTERNS("100");
    ck_assert_uint_eq(view_of_all()->hits, 1);
}
END_TEST

START_TEST(threads_without_wanted_paths_are_not_counted)
{
    trees_path("main > [poll]", 1, 1);
    trees_thread(101, "io-1");
    trees_path("run > [read]", 2, 20);
    trees_thread(102, "io-2");
    trees_path("run > [futex]", 4, 40);
    trees_process(200, "prog");
    trees_path("main > [read]", 1, 10);
    options.leaves = PATTERNS("read");
    assert_view("= prog[100] 1 thread 101 \"io-1\" 1 2/20\nrun 2/20\n  read 2/20\n"
                "= prog[200] 1 1/10\nmain 1/10\n  read 1/10\n");
    ck_assert_uint_eq(view_of_all()->threads, 2);
}
END_TEST

START_TEST(threads_of_unwanted_processes_match_nothing)
{
    trees_thread(101, "io");
    trees_path("run > [read]", 2, 20);
    trees_process(200, "child");
    trees_path("main > [read]", 1, 10);
    const char *option;
    struct near_miss near;
    options.processes = PATTERNS("child");
    options.threads = PATTERNS("io");
    const struct view *view = view_of_all();
    ck_assert_uint_eq(view->hits, 0);
    ck_assert_ptr_nonnull(view_unmatched(trees_builder(), &option, &near));
    ck_assert_str_eq(option, "--thread");
}
END_TEST

/* ---- merge: threads and processes ---- */

START_TEST(threads_whose_names_differ_in_digits_are_one_tree)
{
    trees_path("main > [poll]", 1, 1);
    for (int i = 0; i < 3; i++) {
        static const char *const names[] = {"worker-1", "worker-20", "worker-300"};
        trees_thread(101 + i, names[i]);
        trees_path("run > [read]", 1, 10);
    }
    trees_path("run > [write]", 1, 5);
    assert_view("= prog[100] 1 thread 101 \"worker-#\" 3 4/35\n"
                "run 4/35\n  read 3/30\n  write 1/5 threads 1\n"
                "= prog[100] 1 1/1\n"
                "main 1/1\n  poll 1/1\n");
}
END_TEST

START_TEST(threads_with_equal_names_keep_the_name)
{
    trees_thread(101, "pool-7");
    trees_path("run > [read]", 1, 10);
    trees_thread(102, "pool-7");
    trees_path("run > [read]", 1, 10);
    assert_view("= prog[100] 1 thread 101 \"pool-7\" 2 2/20\nrun 2/20\n  read 2/20\n");
}
END_TEST

START_TEST(later_owners_of_a_tree_are_counted)
{
    trees_thread(101, "job")->successors = 4;
    trees_path("run > [read]", 5, 50);
    assert_view("= prog[100] 1 thread 101 \"job\" 5 5/50\nrun 5/50\n  read 5/50\n");
    ck_assert_uint_eq(view_of_all()->threads, 5);
}
END_TEST

START_TEST(a_thread_without_a_name_of_its_own_has_none)
{
    trees_thread(101, "prog");
    trees_path("run > [read]", 1, 10);
    assert_view("= prog[100] 1 thread 101 \"\" 1 1/10\nrun 1/10\n  read 1/10\n");
}
END_TEST

START_TEST(processes_of_one_program_are_one_tree)
{
    trees_path("main > serve > [read]", 1, 10);
    trees_process(200, "prog");
    trees_path("main > serve > [read]", 1, 10);
    trees_path("main > log > [write]", 1, 5);
    trees_process(300, "other");
    trees_path("main > [read]", 1, 10);
    assert_view("= prog[100] 2 3/25\n"
                "main 3/25\n"
                "  serve 2/20\n    read 2/20\n"
                "  log 1/5 processes 1 threads 1\n    write 1/5 processes 1 threads 1\n"
                "= other[300] 1 1/10\n"
                "main 1/10\n  read 1/10\n");
}
END_TEST

START_TEST(processes_of_one_program_with_other_roles_are_other_trees)
{
    const char *const titles[] = {"prog: worker a/1", "prog: worker a/2", "prog: logger"};
    trees_path("main > [read]", 1, 90);
    for (int i = 0; i < 3; i++) {
        trees_process(200 + i, "prog")->title = titles[i];
        trees_path("main > ?1 > [read]", 1, 10);
    }
    assert_view("= prog[100] 1 1/90\nmain 1/90\n  read 1/90\n"
                "= prog: worker[200] 2 2/20\nmain 2/20\n  prog 2/20\n    read 2/20\n"
                "= prog: logger[202] 1 1/10\nmain 1/10\n  prog 1/10\n    read 1/10\n");
    options.processes = PATTERNS("prog: w*");
    ck_assert_uint_eq(view_of_all()->hits, 2);
    options.processes = PATTERNS("prog");
    ck_assert_uint_eq(view_of_all()->hits, 4);
}
END_TEST

START_TEST(threads_and_processes_can_be_shown_apart)
{
    trees_thread(101, "io");
    trees_path("run > [read]", 1, 10);
    trees_thread(102, "io");
    trees_path("run > [read]", 1, 10);
    trees_process(200, "prog");
    trees_thread(201, "io");
    trees_path("run > [read]", 1, 10);
    ck_assert_uint_eq(view_of_all()->group_count, 1);
    options.apart_processes = true;
    ck_assert_uint_eq(view_of_all()->group_count, 2);
    options.apart_threads = true;
    ck_assert_uint_eq(view_of_all()->group_count, 3);
    ck_assert_uint_eq(view_of_all()->time_ns, 30);
}
END_TEST

START_TEST(main_threads_are_apart_too)
{
    trees_path("main > [read]", 1, 10);
    trees_process(200, "prog");
    trees_path("main > [read]", 1, 10);
    options.apart_threads = true;
    ck_assert_uint_eq(view_of_all()->group_count, 2);
}
END_TEST

/* ---- merge: recursion and rows without names ---- */

START_TEST(recursion_is_one_node_with_its_depth)
{
    trees_path("main > walk > walk > walk > [read]", 1, 10);
    trees_path("main > walk > [read]", 1, 5);
    assert_view("main 2/15\n  walk 2/15 deep 3\n    read 2/15\n");
}
END_TEST

START_TEST(mutual_recursion_goes_back_to_the_first)
{
    trees_path("main > a > b > a > b > a > [read]", 1, 10);
    trees_path("main > a > b > [write]", 1, 5);
    assert_view("main 2/15\n"
                "  a 2/15 deep 3\n"
                "    read 1/10\n"
                "    b 1/5\n"
                "      write 1/5\n");
}
END_TEST

START_TEST(a_path_that_comes_back_leaves_nothing_empty)
{
    trees_path("main > a > b > a > [read]", 1, 10);
    assert_view("main 1/10\n  a 1/10 deep 2\n    read 1/10\n");
    const struct view_node *a = view_of_all()->groups[0].top->first_child->first_child;
    ck_assert_ptr_eq(a->first_child, a->last_child);
}
END_TEST

START_TEST(recursion_by_way_of_a_leaf_stays_below_it)
{
    trees_path("main > sort > [qsort]", 1, 100);
    trees_path("main > sort > [qsort] > sort > [read]", 1, 5);
    assert_view("main 2/100\n"
                "  sort 2/100\n"
                "    qsort 2/100\n"
                "      sort 1/5\n"
                "        read 1/5\n");
}
END_TEST

START_TEST(with_sites_recursion_stays)
{
    options.sites = true;
    trees_path("main > walk > walk > [read]", 1, 10);
    assert_view("main 1/10\n  walk 1/10\n    walk 1/10\n      read 1/10\n");
}
END_TEST

START_TEST(rows_without_names_are_one_node_for_each_module)
{
    trees_path("main > ?1@liba.so > ?2@liba.so > ?3@liba.so > ?4@libb.so > [read]", 1, 10);
    trees_path("main > ?5@liba.so > [read]", 1, 5);
    assert_view("main 2/15\n"
                "  liba.so 2/15 frames 3\n"
                "    libb.so 1/10\n"
                "      read 1/10\n"
                "    read 1/5\n");
}
END_TEST

START_TEST(generated_code_is_a_row_too)
{
    trees_path("main > ?1@ > ?2@ > [read]", 1, 10);
    assert_view("main 1/10\n  generated 1/10 frames 2\n    read 1/10\n");
}
END_TEST

/* ---- hide ---- */

START_TEST(hidden_frames_leave_a_gap)
{
    trees_path("main > a > Log::write(int) > b > [read]", 1, 10);
    options.hide = PATTERNS("Log::*");
    assert_view("main 1/10\n  a 1/10\n    b 1/10 gap\n      read 1/10\n");
}
END_TEST

START_TEST(what_hidden_frames_called_stays)
{
    trees_path("main > log > [read]", 1, 10);
    trees_path("main > [read]", 1, 5);
    options.hide = PATTERNS("log");
    assert_view("main 2/15\n  read 2/15 gap\n");
}
END_TEST

START_TEST(leaves_are_never_hidden)
{
    trees_path("main > read > [read]", 1, 10);
    options.hide = PATTERNS("*");
    assert_view("read 1/10\n");
    ck_assert_uint_eq(view_of_all()->hits, 1);
}
END_TEST

START_TEST(below_a_merged_function_are_its_leaves)
{
    trees_path("main > fetch > a > b > [read]", 1, 10);
    trees_path("main > fetch > c > [read]", 1, 5);
    trees_path("main > fetch > [write]", 1, 1);
    options.merge = PATTERNS("fetch");
    assert_view("main 3/16\n  fetch 3/16\n    read 2/15 gap\n    write 1/1\n");
}
END_TEST

START_TEST(internals_of_libc_are_hidden_below_what_was_called)
{
    options.internals = false;
    trees_path("main > fgets@libc.so.6 > _IO_getline@libc.so.6 > [read]", 1, 10);
    assert_view("main 1/10\n  fgets 1/10\n    read 1/10\n");
}
END_TEST

START_TEST(start_up_of_a_thread_is_hidden_at_the_top)
{
    options.internals = false;
    trees_thread(101, "io");
    trees_path("thread_native_entry(Thread*)@libjvm.so > Thread::call_run()@libjvm.so > "
               "run@libjvm.so > [read]",
        1, 10);
    assert_view("= prog[100] 1 thread 101 \"io\" 1 1/10\nrun 1/10\n  read 1/10\n");
}
END_TEST

START_TEST(what_is_around_main_is_neither_hidden_nor_part_of_main)
{
    trees_path("before main > connect > [read]", 1, 10)->parent->parent->is_phase = true;
    trees_path("main > [poll]", 1, 5);
    options.hide = PATTERNS("*");
    assert_view("before main 1/10\n  read 1/10 gap\npoll 1/5\n");
    options.hide = PATTERNS("nothing");
    options.under = PATTERNS("main");
    assert_view("main 1/5\n  poll 1/5\n");
}
END_TEST

START_TEST(what_is_internal_at_the_start_is_so_after_main)
{
    options.internals = false;
    trees_path("after main > Thread::call_run()@libjvm.so > stop > [read]", 1, 10)
        ->parent->parent->parent->is_phase = true;
    assert_view("after main 1/10\n  stop 1/10\n    read 1/10\n");
}
END_TEST

START_TEST(a_function_that_has_jumped_on_can_be_hidden)
{
    options.hide = PATTERNS("gone");
    trees_path("main > gone > next > [read]", 1, 10)->parent->parent->is_gone = true;
    assert_view("main 1/10\n  next 1/10 gap\n    read 1/10\n");
}
END_TEST

START_TEST(a_function_that_has_jumped_on_is_apart_from_its_other_calls)
{
    trees_path("main > work#1 > [write]", 1, 20);
    trees_path("main > work#2 > [read]", 1, 10)->parent->is_gone = true;
    trees_path("main > work#3 > [poll]", 1, 5);
    assert_view("main 3/35\n  work 2/25\n    write 1/20\n    poll 1/5\n"
                "  work 1/10\n    read 1/10\n");
}
END_TEST

START_TEST(what_under_names_is_shown)
{
    options.internals = false;
    trees_path("main > fgets@libc.so.6 > _IO_getline@libc.so.6 > [read]", 1, 10);
    options.under = PATTERNS("_IO_getline");
    assert_view("_IO_getline 1/10\n  read 1/10\n");
}
END_TEST

/* ---- idle ---- */

START_TEST(a_function_that_has_jumped_on_does_not_end_a_wait_for_work)
{
    options.no_idle = false;
    trees_path("main > aeApiPoll > poll_once > [epoll_wait]", 3, 70)->parent->is_gone = true;
    assert_view("main 3/0 idle 70/3\n  aeApiPoll 3/0 idle 70/3\n    poll_once 3/0 idle 70/3\n"
                "      epoll_wait 3/0 idle 70/3\n");
}
END_TEST

START_TEST(threads_of_libraries_without_names_are_idle_in_some_leaves)
{
    options.no_idle = false;
    trees_path("main > [pthread_cond_wait]", 1, 5);
    trees_thread(101, "jemalloc_bg_thd");
    trees_path("?7@libjemalloc.so.2 > [pthread_cond_timedwait]", 3, 70);
    trees_path("?7@libjemalloc.so.2 > [pthread_mutex_lock]", 1, 9);
    trees_thread(102, "jemalloc_bg_job");
    trees_path("?7@libjemalloc.so.2 > [pthread_cond_wait]", 1, 4);
    const struct view *view = trees_view(&options);
    ck_assert_uint_eq(view->idle_ns, 70);
    ck_assert_uint_eq(view->time_ns, 18);
    options.no_idle = true;
    ck_assert_uint_eq(trees_view(&options)->idle_ns, 0);
}
END_TEST

START_TEST(leaves_of_loops_in_the_table_are_idle)
{
    options.no_idle = false;
    trees_path("main > aeApiPoll > [epoll_wait]", 3, 70);
    trees_path("main > handle > [epoll_wait]", 1, 5);
    assert_view("main 4/5 idle 70/3\n"
                "  handle 1/5\n    epoll_wait 1/5\n"
                "  aeApiPoll 3/0 idle 70/3\n    epoll_wait 3/0 idle 70/3\n");
    const struct view *view = view_of_all();
    ck_assert_uint_eq(view->time_ns, 5);
    ck_assert_uint_eq(view->idle_ns, 70);
    ck_assert_uint_eq(view->leaves[0].time_ns, 5);
    ck_assert_uint_eq(view->leaves[0].idle_ns, 70);
}
END_TEST

START_TEST(nothing_is_idle_if_the_user_says_so)
{
    trees_path("main > aeApiPoll > [epoll_wait]", 3, 70);
    assert_view("main 3/70\n  aeApiPoll 3/70\n    epoll_wait 3/70\n");
}
END_TEST

START_TEST(only_the_own_leaf_of_a_loop_is_idle)
{
    options.no_idle = false;
    trees_path("main > aeProcessEvents > [epoll_wait]", 1, 70);
    trees_path("main > aeProcessEvents > handle > [read]", 1, 5);
    assert_view("main 2/5 idle 70/1\n"
                "  aeProcessEvents 2/5 idle 70/1\n"
                "    handle 1/5\n      read 1/5\n"
                "    epoll_wait 1/0 idle 70/1\n");
}
END_TEST

START_TEST(a_worker_without_a_task_is_idle_and_its_task_is_not)
{
    options.no_idle = false;
    trees_process(200, "redis-server");
    trees_path("bioProcessBackgroundJobs@redis-server > [pthread_cond_wait]", 1, 70);
    trees_path("bioProcessBackgroundJobs@redis-server > [fdatasync]", 1, 5);
    ck_assert_uint_eq(trees_view(&options)->idle_ns, 70);
}
END_TEST

/* PostgreSQL 15 starts its processes so. */
START_TEST(what_a_signal_handler_does_in_an_idle_wait_is_work)
{
    options.no_idle = false;
    struct tree_node *leaf = trees_path(
        "main > PostmasterMain@postgres > select > f > [read]", 1, 5);
    ck_assert_uint_eq(trees_view(&options)->idle_ns, 5);
    leaf->parent->parent->is_interrupted = true;
    ck_assert_uint_eq(trees_view(&options)->idle_ns, 0);
}
END_TEST

START_TEST(all_below_a_function_can_be_idle)
{
    options.no_idle = false;
    trees_path("main > pq_getbyte@postgres > secure_read > [recv]", 1, 70);
    assert_view("main 1/0 idle 70/1\n"
                "  pq_getbyte 1/0 idle 70/1\n"
                "    secure_read 1/0 idle 70/1\n      recv 1/0 idle 70/1\n");
}
END_TEST

START_TEST(frames_between_that_are_hidden_or_unnamed_do_not_matter)
{
    options.no_idle = options.internals = false;
    trees_path("main > BackgroundWriterMain@postgres > ?3 > WaitLatch > [epoll_wait]", 1, 70);
    trees_path("main > g_main_loop_run > g_main_context_dispatch@libglib-2.0.so.0 > [poll]", 1, 5);
    ck_assert_uint_eq(view_of_all()->idle_ns, 75);
}
END_TEST

START_TEST(what_is_hidden_does_not_change_what_is_idle)
{
    options.no_idle = options.internals = false;
    trees_path("main > aeApiPoll > [epoll_wait]", 1, 70);
    trees_path("g_main_loop_run > g_main_context_dispatch@libglib-2.0.so.0 > [poll]", 1, 5);
    ck_assert_uint_eq(view_of_all()->idle_ns, 75);
    options.hide = PATTERNS("aeApiPoll");
    ck_assert_uint_eq(view_of_all()->idle_ns, 75);
    options.merge = PATTERNS("main");
    ck_assert_uint_eq(view_of_all()->idle_ns, 75);
    options.under = PATTERNS("epoll_wait", "poll");
    ck_assert_uint_eq(view_of_all()->idle_ns, 75);
    options = trees_plain();
    options.no_idle = false;
    ck_assert_uint_eq(view_of_all()->idle_ns, 75);
}
END_TEST

START_TEST(functions_of_the_user_are_idle)
{
    options.no_idle = false;
    options.idle = PATTERNS("wait_for_*", "getch");
    trees_path("main > wait_for_work > q > [futex]", 1, 70);
    trees_path("main > work > [futex]", 1, 5);
    assert_view("main 2/5 idle 70/1\n"
                "  work 1/5\n    futex 1/5\n"
                "  wait_for_work 1/0 idle 70/1\n"
                "    q 1/0 idle 70/1\n      futex 1/0 idle 70/1\n");
}
END_TEST

START_TEST(a_leaf_can_be_idle_by_its_own_name)
{
    options.no_idle = false;
    options.idle = PATTERNS("sigwait");
    trees_path("main > [sigwait]", 1, 70);
    assert_view("main 1/0 idle 70/1\n  sigwait 1/0 idle 70/1\n");
}
END_TEST

START_TEST(an_idle_call_that_has_not_returned_is_idle)
{
    options.no_idle = false;
    trees_open_path("main > aeApiPoll > [epoll_wait]", 1, 0, 900);
    assert_view("main 1/0 idle 900/1 open 1:900\n"
                "  aeApiPoll 1/0 idle 900/1 open 1:900\n"
                "    epoll_wait 1/0 idle 900/1 open 1:900\n");
}
END_TEST

/* ---- inverted ---- */

START_TEST(inverted_leaves_come_first)
{
    trees_path("main > a > [read]", 1, 10);
    trees_path("main > b > [read]", 2, 20);
    trees_path("main > b > [write]", 4, 5);
    options.inverts = true;
    assert_view("read 3/30\n"
                "  b 2/20\n    main 2/20\n"
                "  a 1/10\n    main 1/10\n"
                "write 4/5\n"
                "  b 4/5\n    main 4/5\n");
    ck_assert_uint_eq(view_of_all()->paths, 3);
}
END_TEST

START_TEST(inverted_a_leaf_within_a_leaf_adds_no_time)
{
    trees_path("main > [usleep]", 1, 100);
    trees_path("main > [usleep] > [nanosleep]", 1, 90);
    options.inverts = true;
    const struct view *view = view_of_all();
    ck_assert_uint_eq(view->time_ns, 100);
    ck_assert_uint_eq(view->hits, 2);
}
END_TEST

/* ---- how long calls took ---- */

static uint64_t five[] = {5};
static const struct histogram five_short = {
    .counts = five, .bound_ps = 1000000, .longest_ns = 900, .size = 1};
static const struct histogram five_long = {
    .counts = five, .bound_ps = 1000000, .longest_ns = 90000, .first = 7, .size = 1};

static const struct view_node *first_leaf(const struct view *view)
{
    const struct view_node *node = view->groups[0].top;
    while (node->kind != VIEW_LEAF)
        node = node->first_child;
    return node;
}

START_TEST(a_leaf_has_the_calls_of_all_threads_and_processes)
{
    trees_path("main > [read]", 5, 10)->leaf->durations = &five_short;
    trees_process(200, "prog");
    trees_path("main > [read]", 5, 20)->leaf->durations = &five_long;
    trees_path("main > [read] > x > [write]", 5, 5)->leaf->durations = &five_long;
    const struct view *view = trees_view(&options);
    const struct histogram *durations = first_leaf(view)->durations;
    ck_assert_uint_eq(histogram_calls(durations), 10);
    ck_assert_uint_eq(durations->longest_ns, 90000);
    ck_assert_ptr_null(first_leaf(view)->parent->durations);
    ck_assert_uint_eq(view->leaf_count, 2);
    ck_assert_uint_eq(histogram_calls(&view->leaves[0].durations), 10);
    ck_assert_uint_eq(histogram_calls(&view->leaves[1].durations), 5);
    ck_assert_uint_eq(five[0], 5);
}
END_TEST

START_TEST(inverted_a_leaf_has_the_calls_of_all_its_callers)
{
    options.inverts = true;
    trees_path("main > a > [read]", 5, 10)->leaf->durations = &five_short;
    trees_path("main > b > [read]", 5, 20)->leaf->durations = &five_long;
    const struct view_node *read = trees_view(&options)->groups[0].top->first_child;
    ck_assert_uint_eq(histogram_calls(read->durations), 10);
    ck_assert_ptr_null(read->first_child->durations);
}
END_TEST

START_TEST(inverted_idle_leaves_are_apart)
{
    trees_path("main > aeApiPoll > [poll]", 1, 70);
    trees_path("main > work > [poll]", 1, 5);
    options.inverts = true;
    options.no_idle = false;
    assert_view("poll 1/5\n  work 1/5\n    main 1/5\n"
                "poll 1/0 idle 70/1\n"
                "  aeApiPoll 1/0 idle 70/1\n    main 1/0 idle 70/1\n");
}
END_TEST

/* ---- patterns ---- */

START_TEST(a_pattern_that_is_no_name_is_refused)
{
    char *problem = NULL;
    options.hide = PATTERNS("liba:");
    ck_assert_int_eq(view_check(&options, &problem), -EINVAL);
    ck_assert_ptr_nonnull(strstr(problem, "liba:"));
    free(problem);
}
END_TEST

START_TEST(the_pattern_that_matches_nothing_is_known)
{
    const char *option = NULL;
    struct near_miss near;
    build_service();
    options.under = PATTERNS("serve", "nowhere");
    view_of_all();
    ck_assert_str_eq(view_unmatched(trees_builder(), &option, &near), "nowhere");
    ck_assert_str_eq(option, "--under");
    options.under = PATTERNS("serve");
    options.threads = PATTERNS("prog", "io-*");
    view_of_all();
    ck_assert_str_eq(view_unmatched(trees_builder(), &option, &near), "io-*");
    ck_assert_str_eq(option, "--thread");
    options.threads = PATTERNS("prog");
    view_of_all();
    ck_assert_ptr_null(view_unmatched(trees_builder(), &option, &near));
}
END_TEST

static void assert_question(const char *expected)
{
    const char *option;
    struct near_miss near;
    view_of_all();
    ck_assert_ptr_nonnull(view_unmatched(trees_builder(), &option, &near));
    char *question = near_miss_question(&near);
    ck_assert_str_eq(question, expected);
    free(question);
    options = trees_plain();
}

START_TEST(near_names_are_suggested)
{
    build_service();
    trees_thread(101, "worker-1");
    trees_path("start > [read]", 1, 1);
    options.under = PATTERNS("sevre");
    assert_question("; did you mean 'serve'?");
    options.through = PATTERNS("Cahce::get");
    assert_question("; did you mean 'Cache::get'?");
    options.through = PATTERNS("gte");
    assert_question("; did you mean 'get'?");
    options.hide = PATTERNS("raed");
    assert_question("");
    options.leaves = PATTERNS("raed");
    assert_question("; did you mean 'read'?");
    options.leaves = PATTERNS("srve");
    assert_question("");
    options.threads = PATTERNS("wroker-1");
    assert_question("; did you mean 'worker-1'?");
    options.processes = PATTERNS("prgo");
    assert_question("; did you mean 'prog'?");
    options.processes = PATTERNS("something-else");
    assert_question("");
}
END_TEST

START_TEST(a_run_without_hits_has_an_empty_view)
{
    const struct view *view = view_of_all();
    ck_assert_uint_eq(view->group_count, 0);
    ck_assert_uint_eq(view->hits, 0);
    ck_assert_uint_eq(view->processes, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("view_build");
    TCase *tests = tcase_create("view_build");
    tcase_add_checked_fixture(tests, begin, trees_clear);
    tcase_add_test(tests, nodes_have_the_sums_of_what_is_below);
    tcase_add_test(tests, places_of_a_function_are_one_node);
    tcase_add_test(tests, with_sites_places_are_nodes);
    tcase_add_test(tests, functions_of_two_files_are_two_nodes);
    tcase_add_test(tests, a_call_that_has_not_returned_counts_so_far);
    tcase_add_test(tests, a_leaf_within_a_leaf_adds_no_time);
    tcase_add_test(tests, a_leaf_without_a_time_has_that_of_the_leaves_in_it);
    tcase_add_test(tests, an_open_leaf_has_the_time_of_the_leaves_in_it);
    tcase_add_test(tests, a_leaf_with_a_time_covers_only_its_own_calls);
    tcase_add_test(tests, under_a_function_its_callers_are_left_out);
    tcase_add_test(tests, under_a_leaf_is_the_leaf);
    tcase_add_test(tests, under_several_functions_are_several_trees);
    tcase_add_test(tests, under_begins_at_the_outermost_match);
    tcase_add_test(tests, through_a_function_the_way_to_it_stays);
    tcase_add_test(tests, without_a_function_all_below_it_is_left_out);
    tcase_add_test(tests, only_wanted_leaves_stay);
    tcase_add_test(tests, a_leaf_that_is_dropped_covers_nothing);
    tcase_add_test(tests, drops_are_combined);
    tcase_add_test(tests, threads_are_wanted_by_name_pattern_or_number);
    tcase_add_test(tests, processes_are_wanted_by_name_pattern_or_number);
    tcase_add_test(tests, threads_without_wanted_paths_are_not_counted);
    tcase_add_test(tests, threads_of_unwanted_processes_match_nothing);
    tcase_add_test(tests, threads_whose_names_differ_in_digits_are_one_tree);
    tcase_add_test(tests, threads_with_equal_names_keep_the_name);
    tcase_add_test(tests, later_owners_of_a_tree_are_counted);
    tcase_add_test(tests, a_thread_without_a_name_of_its_own_has_none);
    tcase_add_test(tests, processes_of_one_program_are_one_tree);
    tcase_add_test(tests, processes_of_one_program_with_other_roles_are_other_trees);
    tcase_add_test(tests, threads_and_processes_can_be_shown_apart);
    tcase_add_test(tests, main_threads_are_apart_too);
    tcase_add_test(tests, recursion_is_one_node_with_its_depth);
    tcase_add_test(tests, mutual_recursion_goes_back_to_the_first);
    tcase_add_test(tests, a_path_that_comes_back_leaves_nothing_empty);
    tcase_add_test(tests, recursion_by_way_of_a_leaf_stays_below_it);
    tcase_add_test(tests, with_sites_recursion_stays);
    tcase_add_test(tests, rows_without_names_are_one_node_for_each_module);
    tcase_add_test(tests, generated_code_is_a_row_too);
    tcase_add_test(tests, hidden_frames_leave_a_gap);
    tcase_add_test(tests, what_hidden_frames_called_stays);
    tcase_add_test(tests, leaves_are_never_hidden);
    tcase_add_test(tests, below_a_merged_function_are_its_leaves);
    tcase_add_test(tests, internals_of_libc_are_hidden_below_what_was_called);
    tcase_add_test(tests, start_up_of_a_thread_is_hidden_at_the_top);
    tcase_add_test(tests, what_is_around_main_is_neither_hidden_nor_part_of_main);
    tcase_add_test(tests, what_is_internal_at_the_start_is_so_after_main);
    tcase_add_test(tests, a_function_that_has_jumped_on_can_be_hidden);
    tcase_add_test(tests, a_function_that_has_jumped_on_is_apart_from_its_other_calls);
    tcase_add_test(tests, what_under_names_is_shown);
    tcase_add_test(tests, a_function_that_has_jumped_on_does_not_end_a_wait_for_work);
    tcase_add_test(tests, leaves_of_loops_in_the_table_are_idle);
    tcase_add_test(tests, threads_of_libraries_without_names_are_idle_in_some_leaves);
    tcase_add_test(tests, nothing_is_idle_if_the_user_says_so);
    tcase_add_test(tests, only_the_own_leaf_of_a_loop_is_idle);
    tcase_add_test(tests, a_worker_without_a_task_is_idle_and_its_task_is_not);
    tcase_add_test(tests, what_a_signal_handler_does_in_an_idle_wait_is_work);
    tcase_add_test(tests, all_below_a_function_can_be_idle);
    tcase_add_test(tests, frames_between_that_are_hidden_or_unnamed_do_not_matter);
    tcase_add_test(tests, what_is_hidden_does_not_change_what_is_idle);
    tcase_add_test(tests, functions_of_the_user_are_idle);
    tcase_add_test(tests, a_leaf_can_be_idle_by_its_own_name);
    tcase_add_test(tests, an_idle_call_that_has_not_returned_is_idle);
    tcase_add_test(tests, inverted_leaves_come_first);
    tcase_add_test(tests, inverted_a_leaf_within_a_leaf_adds_no_time);
    tcase_add_test(tests, a_leaf_has_the_calls_of_all_threads_and_processes);
    tcase_add_test(tests, inverted_a_leaf_has_the_calls_of_all_its_callers);
    tcase_add_test(tests, inverted_idle_leaves_are_apart);
    tcase_add_test(tests, a_pattern_that_is_no_name_is_refused);
    tcase_add_test(tests, the_pattern_that_matches_nothing_is_known);
    tcase_add_test(tests, near_names_are_suggested);
    tcase_add_test(tests, a_run_without_hits_has_an_empty_view);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
