/*
 * test_folded.c - a view as text, line by line.
 */
// needs: tests/unit/trees.c cli
#include "report/folded.h"
#include "report/format.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/character.h"
#include "report/printer.h"
#include "suite.h"
#include "trace_format.h"
#include "trees.h"

static struct view_options options;
static const struct glyphs *glyphs;
static bool shows_histograms;
static char *text;

static void begin(void)
{
    options = trees_plain();
    shows_histograms = false;
    glyphs = &unicode_glyphs;
    text = NULL;
    trees_process(100, "prog");
}

static void finish(void)
{
    free(text);
    trees_clear();
}

static const char *folded(bool places, size_t columns)
{
    size_t size;
    free(text);
    struct printer printer = {.out = open_memstream(&text, &size), .glyphs = glyphs};
    const struct report report = {
        .places = places, .histograms = shows_histograms, .style.columns = columns};
    folded_print(&printer, trees_view(&options), &report);
    fclose(printer.out);
    return text;
}

static void assert_folded(const char *expected)
{
    ck_assert_str_eq(folded(false, 0), expected);
}

START_TEST(a_chain_is_one_line)
{
    trees_path("main > work > [read]", 3, 5000);
    assert_folded("     time share      hits\n"
                  "   5.0 µs 100 %         3  ╼ main › work › read  longest 1.7 µs\n");
}
END_TEST

START_TEST(a_fork_has_lines_below_it)
{
    trees_path("main > a > b > [read]", 1, 600000);
    trees_path("main > a > c > [write]", 1, 300000);
    trees_path("main > [poll]", 1, 100000);
    assert_folded("     time share      hits\n"
                  "   1.0 ms 100 %         3  ╼ main\n"
                  "   900 µs  90 %         2    ├╼ a\n"
                  "   600 µs  60 %         1    │  ├╼ b › read\n"
                  "   300 µs  30 %         1    │  └╼ c › write\n"
                  "   100 µs  10 %         1    └╼ poll\n");
}
END_TEST

START_TEST(in_ascii_it_is_drawn_with_what_there_is)
{
    glyphs = &ascii_glyphs;
    trees_path("main > a > [read]", 1, 3000);
    trees_path("main > walk > walk > [read]", 1, 7000);
    assert_folded("     time share      hits\n"
                  "  10.0 us 100 %         2  - main\n"
                  "   7.0 us  70 %         1    |- walk x2 deep > read\n"
                  "   3.0 us  30 %         1    `- a > read\n");
}
END_TEST

START_TEST(without_times_there_are_only_hits)
{
    int count;
    trees_path("main > a > [read]", 2, 0);
    trees_path("main > b > [read]", 1234567, 0);
    trees_processes(&count)->has_times = false;
    options.min_percent = 0;
    assert_folded("      hits\n"
                  " 1,234,569  ╼ main\n"
                  " 1,234,567    ├╼ b › read\n"
                  "         2    └╼ a › read\n");
}
END_TEST

START_TEST(the_rest_below_a_node_has_the_last_line)
{
    options.no_idle = false;
    trees_path("main > a > deep > [read]", 1000, 600000)->leaf->longest_ns = 200000;
    trees_path("main > a > x > [read]", 10, 10000);
    trees_path("main > a > y > [read]", 10, 10000);
    trees_path("main > a > z > aeApiPoll > [poll]", 10, 5000);
    trees_open_path("main > a > y > [write]", 10, 10000, 70000);
    trees_path("main > b > [write]", 1000, 300000)->leaf->longest_ns = 200000;
    options.min_ns = 150000;
    options.min_percent = 9.5;
    assert_folded("     time share      hits\n"
                  "   1.0 ms 100 %     2,040  ╼ main  1 unfinished for 70.0 µs\n"
                  "   700 µs  70 %     1,040    ├╼ a  1 unfinished for 70.0 µs\n"
                  "   600 µs  60 %     1,000    │  └╼ deep › read  longest 200 µs\n"
                  "   300 µs  30 %     1,000    └╼ b › write  longest 200 µs\n");
    options.min_ns = 70000;
    ck_assert_ptr_nonnull(strstr(folded(false, 0),
        "   600 µs  60 %     1,000    │  ├╼ deep › read  longest 200 µs\n"
        "   100 µs  10 %        40    │  └╼ … 4 more paths  5.0 µs idle, 1 unfinished for 70.0 µs\n"
        "   300 µs  30 %"));
}
END_TEST

START_TEST(long_times_are_short_in_their_column)
{
    const struct {
        uint64_t ns;
        const char *text;
    } times[] = {{59949999999, "   59.9 s"}, {59950000000, "  1.0 min"}, {90000000000, "  1.5 min"},
        {5999900000000, "100.0 min"}, {6000000000000, "    1.7 h"}, {359990000000000, "  100.0 h"},
        {360000000000000, "    100 h"}, {UINT64_MAX, "5124096 h"}};
    trees_path("main > [read]", 1, times[_i].ns);
    ck_assert_int_eq(strncmp(strchr(folded(false, 0), '\n') + 1, times[_i].text, 9), 0);
}
END_TEST

START_TEST(what_is_cut_stands_behind_the_last_node)
{
    trees_path("main > a > [read]", 1, 900000);
    trees_path("main > b > x > [read]", 1, 50000);
    trees_path("main > b > y > [read]", 1, 50000);
    options.min_percent = 7;
    assert_folded("     time share      hits\n"
                  "   1.0 ms 100 %         3  ╼ main\n"
                  "   900 µs  90 %         1    ├╼ a › read\n"
                  "   100 µs  10 %         2    └╼ b  2 paths\n");
}
END_TEST

START_TEST(small_shares_are_not_nothing)
{
    trees_path("main > a > [read]", 1, 1000000);
    trees_path("main > b > [read]", 500, 1000);
    options.min_percent = 0;
    assert_folded("     time share      hits\n"
                  "   1.0 ms 100 %       501  ╼ main\n"
                  "   1.0 ms 100 %         1    ├╼ a › read\n"
                  "   1.0 µs  <1 %       500    └╼ b › read  longest 2 ns\n");
}
END_TEST

START_TEST(idle_time_has_no_share)
{
    options.no_idle = false;
    trees_path("main > aeApiPoll > [epoll_wait]", 1, 5000000);
    trees_path("main > a > [read]", 1, 1000);
    assert_folded("     time share      hits\n"
                  "   1.0 µs 100 %         2  ╼ main\n"
                  "   1.0 µs 100 %         1    ├╼ a › read\n"
                  "   5.0 ms  idle         1    └╼ aeApiPoll › epoll_wait\n");
}
END_TEST

START_TEST(idle_time_that_is_cut_is_told)
{
    options.no_idle = false;
    options.lines = 3;
    trees_path("main > a > aeApiPoll > [epoll_wait]", 1, 2000);
    trees_path("main > a > b > [read]", 1, 2000);
    trees_path("main > c > [read]", 1, 5000);
    assert_folded("     time share      hits\n"
                  "   7.0 µs 100 %         3  ╼ main\n"
                  "   5.0 µs  71 %         1    ├╼ c › read\n"
                  "   2.0 µs  29 %         2    └╼ a  2 paths, 2.0 µs idle\n");
}
END_TEST

START_TEST(calls_that_have_not_returned_are_told)
{
    trees_open_path("main > a > [read]", 1, 0, 5000);
    trees_thread(101, "io");
    trees_open_path("run > [write]", 7, 1000, 4000);
    trees_thread(102, "io");
    trees_open_path("run > [write]", 7, 1000, 3000);
    assert_folded(
        "     time share      hits\n"
        "   9.0 µs  64 %        14  ╼ 2 threads \"io\": run › write  longest 4.0 µs, "
        "2 unfinished, one for 4.0 µs\n"
        "   5.0 µs  36 %         1  ╼ prog[100]: main › a › read  unfinished for 5.0 µs\n");
}
END_TEST

static void timed_thread(int tid, const char *name, uint64_t cpu_ns)
{
    struct tree_thread *thread = trees_thread(tid, name);
    thread->ran_ns = cpu_ns ? 7000000000 : 0;
    thread->cpu_ns = cpu_ns;
    trees_path("run > [poll]", 1, 1000);
}

START_TEST(threads_say_how_long_they_ran)
{
    timed_thread(101, "one", 900000000);
    timed_thread(102, "io-1", 1000000000);
    timed_thread(103, "io-2", 2000000000);
    timed_thread(104, "a1", 5000000);
    timed_thread(105, "a2", 0);
    timed_thread(106, "unknown", 0);
    assert_folded(
        "     time share      hits\n"
        "   2.0 µs  33 %         2  ╼ 2 threads \"io-#\": run › poll  longest 1.0 µs, "
        "3.0 s on CPU\n"
        "   2.0 µs  33 %         2  ╼ 2 threads \"a#\": run › poll  longest 1.0 µs, "
        "5.0 ms or more on CPU\n"
        "   1.0 µs  17 %         1  ╼ thread 101 \"one\": run › poll  ran 7.0 s: 900 ms on CPU\n"
        "   1.0 µs  17 %         1  ╼ thread 106 \"unknown\": run › poll\n");
}
END_TEST

START_TEST(groups_say_what_they_stand_for)
{
    trees_path("main > a > [read]", 1, 8000);
    trees_thread(101, "io-1");
    trees_path("run > [poll]", 1, 1000);
    trees_thread(102, "io-2");
    trees_path("run > [poll]", 1, 1000);
    trees_process(200, "prog");
    trees_path("main > a > [read]", 1, 4000);
    trees_path("main > b > [read]", 1, 4000);
    trees_thread(201, "prog");
    trees_path("clean > [poll]", 1, 500);
    assert_folded(
        "     time share      hits\n"
        "  16.0 µs  86 %         3  ╼ 2 × prog: main\n"
        "  12.0 µs  65 %         2    ├╼ a › read  longest 8.0 µs\n"
        "   4.0 µs  22 %         1    └╼ b › read  1 process\n"
        "   2.0 µs  11 %         2  ╼ 2 threads \"io-#\" of prog: run › poll  longest 1.0 µs\n"
        "   500 ns   3 %         1  ╼ thread 201 of prog: clean › poll\n");
}
END_TEST

START_TEST(a_line_says_how_many_threads_came_there)
{
    trees_thread(101, "io");
    trees_path("run > a > [read]", 1, 8000);
    trees_path("run > b > [read]", 1, 8000);
    trees_thread(102, "io");
    trees_path("run > a > [read]", 1, 8000);
    assert_folded("     time share      hits\n"
                  "  24.0 µs 100 %         3  ╼ 2 threads \"io\": run\n"
                  "  16.0 µs  67 %         2    ├╼ a › read  longest 8.0 µs\n"
                  "   8.0 µs  33 %         1    └╼ b › read  1 thread\n");
}
END_TEST

START_TEST(with_places_each_node_has_a_line)
{
    options.sites = true;
    trees_path("main#12 > ?16@libx.so > [read]", 1, 8000);
    ck_assert_str_eq(folded(true, 0), "     time share      hits\n"
                                      "   8.0 µs 100 %         1  ╼ main at a.c:12\n"
                                      "   8.0 µs 100 %         1    └╼ libx.so+0x10\n"
                                      "   8.0 µs 100 %         1       └╼ read\n");
}
END_TEST

START_TEST(a_path_without_known_callers_says_so)
{
    trees_path("a > [read]", 1, 8000)->parent->flags = TRACE_CUT;
    assert_folded("     time share      hits\n"
                  "   8.0 µs 100 %         1  ╼ … a › read\n");
}
END_TEST

/* ---- widths ---- */

static void build_wide_tree(void)
{
    trees_path("main > a_function_with_quite_a_long_name > another_one_with_a_long_name > [read]",
        5, 5000000);
    trees_path("main > a_function_with_quite_a_long_name > short > "
               "pthread_something_with_a_very_long_name_that_does_not_end > [write]",
        500, 4000000);
    trees_path("main > namespace_of_a_library::Class::method(int) > [poll]", 1, 3000000);
    trees_open_path("outermost_function_with_a_name > b > [fdatasync]", 3, 10, 900000);
    trees_thread(101, "worker-of-pool-1");
    trees_path("start_of_a_thread > run_something_in_a_thread > wait_for > [futex]", 9, 2000000);
    trees_thread(102, "worker-of-pool-2");
    trees_path("start_of_a_thread > run_something_in_a_thread > wait_for > [futex]", 9, 2000000);
    trees_process(200, "another-program-of-the-run");
    trees_path("main > a_function_with_quite_a_long_name > b > c > d > e > [read]", 5, 5000000);
}

static size_t widest_line(void)
{
    size_t widest = 0;
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        size_t columns = character_columns(line);
        widest = columns > widest ? columns : widest;
    }
    return widest;
}

START_TEST(no_line_is_wider_than_the_columns)
{
    build_wide_tree();
    options.sites = _i & 1;
    glyphs = _i & 2 ? &unicode_glyphs : &ascii_glyphs;
    for (size_t columns = 40; columns <= 200; columns++) {
        folded(_i & 4, columns);
        ck_assert_uint_le(widest_line(), columns);
    }
    folded(_i & 4, 0);
    ck_assert_uint_gt(widest_line(), 100);
}
END_TEST

START_TEST(a_line_that_is_cut_shows_first_and_last_function)
{
    build_wide_tree();
    for (size_t columns = 80; columns < 110; columns++) {
        folded(false, columns);
        ck_assert_ptr_nonnull(strstr(text, "╼ outer"));
        ck_assert_ptr_nonnull(strstr(text, "› fdatasync"));
        ck_assert_ptr_nonnull(strstr(text, "› futex"));
    }
}
END_TEST

/* A fork on each level. */
START_TEST(deep_levels_start_again_at_the_left)
{
    char path[600] = "f0", leaf[620];
    for (int i = 1; i < 30; i++) {
        snprintf(leaf, sizeof leaf, "%s > [read]", path);
        trees_path(leaf, 1, 1000000);
        snprintf(path + strlen(path), sizeof path - strlen(path), " > f%d", i);
    }
    snprintf(leaf, sizeof leaf, "%s > [write]", path);
    trees_path(leaf, 1, 1000000);
    options.lines = SIZE_MAX;
    options.min_percent = 0;
    for (size_t columns = 40; columns <= 200; columns++) {
        folded(false, columns);
        ck_assert_ptr_nonnull(strstr(text, "read"));
        ck_assert(columns > 120 || strstr(text, "  ["));
        ck_assert_uint_le(widest_line(), columns);
    }
    ck_assert_ptr_null(strchr(folded(false, 0), '['));
}
END_TEST

START_TEST(remarks_are_left_out_where_names_have_no_room)
{
    trees_path("main > work > [read]", 3, 5000);
    ck_assert_ptr_nonnull(strstr(folded(false, 70), "main › work › read  longest"));
    ck_assert_ptr_null(strstr(folded(false, 40), "longest"));
    ck_assert_ptr_nonnull(strstr(text, "main › work › read\n"));
    ck_assert_uint_le(widest_line(), 40);
}
END_TEST

START_TEST(a_guessed_caller_is_marked)
{
    trees_path("main > work > [read]", 1, 5000)->parent->flags = TRACE_BY_FRAME_POINTER;
    ck_assert_ptr_nonnull(strstr(folded(false, 0), "main › work (caller guessed) › read"));
}
END_TEST

/* ---- how long calls took ---- */

static const uint64_t base_counts[] = {5000, 900, 0, 40};

/* 5,000 calls of up to 1 us, 900 of up to 2 us, and 40 of 4 us to 7.5 us. */
static struct histogram some_calls(void)
{
    return (struct histogram){
        .counts = (uint64_t *)base_counts, .bound_ps = 1000000, .longest_ns = 7500, .size = 4};
}

static void add_reads(const struct histogram *calls)
{
    struct tree_node *read = trees_path("main > work > [read]", 5940, 6000000);
    read->leaf->longest_ns = calls->longest_ns;
    read->leaf->durations = calls;
}

START_TEST(quantiles_are_told_where_one_call_is_none_like_the_others)
{
    struct histogram calls = some_calls();
    add_reads(&calls);
    assert_folded("     time share      hits\n"
                  "   6.0 ms 100 %     5,940  ╼ main › work › read  median ≤1.0 µs, p99 ~2.0 µs, "
                  "longest 7.5 µs\n");
    calls.longest_ns = 3900; /* less than four times the median */
    finish();
    begin();
    add_reads(&calls);
    assert_folded("     time share      hits\n"
                  "   6.0 ms 100 %     5,940  ╼ main › work › read  longest 3.9 µs\n");
}
END_TEST

START_TEST(quantiles_leave_room_for_the_names)
{
    struct histogram calls = some_calls();
    add_reads(&calls);
    ck_assert_ptr_nonnull(strstr(folded(false, 95), "main › work › read  median"));
    ck_assert_ptr_nonnull(strstr(folded(false, 90), "main › work › read  longest"));
    ck_assert_ptr_nonnull(strstr(folded(false, 65), "main › work › read  longest"));
}
END_TEST

START_TEST(a_histogram_stands_below_its_leaf)
{
    struct histogram calls = some_calls();
    shows_histograms = true;
    add_reads(&calls);
    trees_path("main > [write]", 1, 1000000);
    const char *expected =
        "     time share      hits\n"
        "   7.0 ms 100 %     5,941  ╼ main\n"
        "   6.0 ms  86 %     5,940    ├╼ work › read  median ≤1.0 µs, p99 ~2.0 µs, longest 7.5 µs\n"
        "                             │         up to    1.0 µs        5,000  "
        "████████████████████████████████████████\n"
        "                             │     1.0 µs to    2.0 µs          900  ███████▎\n"
        "                             │     4.0 µs to    7.5 µs           40  ▍\n"
        "   1.0 ms  14 %         1    └╼ write\n";
    assert_folded(expected);
}
END_TEST

START_TEST(a_histogram_keeps_to_the_columns)
{
    struct histogram calls = some_calls();
    shows_histograms = true;
    add_reads(&calls);
    ck_assert_ptr_nonnull(strstr(folded(false, 76), "1.0 µs        5,000  ██████████\n"));
    glyphs = &ascii_glyphs;
    ck_assert_ptr_nonnull(strstr(folded(false, 76), "1.0 us        5,000  ##########\n"));
    ck_assert_ptr_nonnull(strstr(folded(false, 50), "1.0 us        5,000\n"));
    ck_assert_ptr_nonnull(strstr(folded(false, 40), "\n           up to    1.0 us        5,000\n"));
}
END_TEST

START_TEST(a_full_bucket_says_so)
{
    uint64_t counts[] = {UINT32_MAX, 7};
    struct histogram calls = some_calls();
    calls.counts = counts;
    calls.size = 2;
    calls.is_full = true;
    shows_histograms = true;
    add_reads(&calls);
    ck_assert_ptr_nonnull(strstr(folded(false, 0), "█ or more\n"));
    ck_assert_ptr_nonnull(strstr(folded(false, 0), "7  ▏\n"));
    ck_assert_ptr_nonnull(strstr(folded(false, 40), "4,294,967,295+\n"));
    ck_assert_ptr_null(strstr(folded(false, 0), "median"));
}
END_TEST

START_TEST(few_columns_have_no_hits)
{
    trees_path("main > work > [read]", 3, 5000);
    ck_assert_ptr_nonnull(strstr(folded(false, 60), "share      hits"));
    ck_assert_ptr_null(strstr(folded(false, 59), "hits"));
}
END_TEST

START_TEST(places_count_as_columns)
{
    options.sites = true;
    trees_path("a_function_with_quite_a_long_name_which_goes_on_and_on_and_on#12 > [read]", 1, 1)
        ->parent->file = "/a/directory/with/a/very/long/name/that/does/not/fit/source.c";
    for (size_t columns = 56; columns < 110; columns++) {
        folded(true, columns);
        ck_assert_ptr_nonnull(strstr(text, "source.c:12"));
        ck_assert_uint_le(widest_line(), columns);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("report_folded");
    TCase *tests = tcase_create("report_folded");
    tcase_add_checked_fixture(tests, begin, finish);
    tcase_add_test(tests, a_chain_is_one_line);
    tcase_add_test(tests, a_fork_has_lines_below_it);
    tcase_add_test(tests, in_ascii_it_is_drawn_with_what_there_is);
    tcase_add_test(tests, without_times_there_are_only_hits);
    tcase_add_test(tests, the_rest_below_a_node_has_the_last_line);
    tcase_add_loop_test(tests, long_times_are_short_in_their_column, 0, 8);
    tcase_add_test(tests, what_is_cut_stands_behind_the_last_node);
    tcase_add_test(tests, small_shares_are_not_nothing);
    tcase_add_test(tests, idle_time_has_no_share);
    tcase_add_test(tests, idle_time_that_is_cut_is_told);
    tcase_add_test(tests, calls_that_have_not_returned_are_told);
    tcase_add_test(tests, threads_say_how_long_they_ran);
    tcase_add_test(tests, groups_say_what_they_stand_for);
    tcase_add_test(tests, a_line_says_how_many_threads_came_there);
    tcase_add_test(tests, with_places_each_node_has_a_line);
    tcase_add_test(tests, a_path_without_known_callers_says_so);
    tcase_add_loop_test(tests, no_line_is_wider_than_the_columns, 0, 8);
    tcase_add_test(tests, a_line_that_is_cut_shows_first_and_last_function);
    tcase_add_test(tests, deep_levels_start_again_at_the_left);
    tcase_add_test(tests, remarks_are_left_out_where_names_have_no_room);
    tcase_add_test(tests, a_guessed_caller_is_marked);
    tcase_add_test(tests, quantiles_are_told_where_one_call_is_none_like_the_others);
    tcase_add_test(tests, quantiles_leave_room_for_the_names);
    tcase_add_test(tests, a_histogram_stands_below_its_leaf);
    tcase_add_test(tests, a_histogram_keeps_to_the_columns);
    tcase_add_test(tests, a_full_bucket_says_so);
    tcase_add_test(tests, few_columns_have_no_hits);
    tcase_add_test(tests, places_count_as_columns);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
