/*
 * test_text_view.c - the table of leaves, and what is said if there are no histograms.
 */
// needs: tests/unit/trees.c cli
#include "report/text_view.h"

#include <stdlib.h>
#include <string.h>

#include "report/format.h"
#include "tree/overview.h"
#include "report/printer.h"
#include "report/summary.h"
#include "suite.h"
#include "tree/total.h"
#include "trees.h"

static struct view_options options;
static struct report report;
static char *text;

static uint64_t counts[] = {150, 50};
static const struct histogram calls = {
    .counts = counts, .bound_ps = 1000000, .longest_ns = 200000, .first = 7, .size = 2};

static void begin(void)
{
    options = trees_plain();
    report = (struct report){.root = "main", .root_is_default = true};
    text = NULL;
    trees_process(100, "prog")->has_times = true;
}

static void finish(void)
{
    free(text);
    trees_clear();
}

static const char *written(void)
{
    size_t size;
    int count;
    free(text);
    struct tree_total total = {.process_count = 1};
    struct overview overview = {0};
    struct report_summary summary = {0};
    struct report_run run = {.name = "prog",
        .total = &total,
        .overview = &overview,
        .is_period = options.period_ns > 0,
        .wall_ns = options.period_ns};
    const struct view *view = trees_view(&options);
    struct printer printer = {.out = open_memstream(&text, &size),
        .glyphs = &ascii_glyphs,
        .process = trees_processes(&count),
        .leaves_word = "waiting",
        .columns = report.style.columns};
    text_view_print(&printer, &report, &run, view, &summary);
    fclose(printer.out);
    return text;
}

static void assert_has(const char *part)
{
    ck_assert_msg(strstr(written(), part) != NULL, "not in it: %s\n%s", part, text);
}

static void add_leaves(void)
{
    struct tree_node *read = trees_path("main > [read]", 200, 20000000);
    read->leaf->longest_ns = calls.longest_ns;
    read->leaf->durations = &calls;
    trees_path("main > [poll]", 1, 5000000);
}

START_TEST(the_table_has_quantiles)
{
    add_leaves();
    assert_has("  leaf      time       hits    median       p99   longest  paths\n"
               "  read   20.0 ms        200   ~110 us   ~200 us    200 us      1\n"
               "  poll    5.0 ms          1                        5.0 ms      1\n");
}
END_TEST

/* 200 and 2 calls that have ended, and one that lasts. */
START_TEST(a_period_has_rates)
{
    struct histogram most = calls;
    most.is_longest_most = true;
    struct tree_node *read = trees_path("main > [read]", 200, 20000000);
    read->leaf->longest_ns = most.longest_ns;
    read->leaf->durations = &most;
    trees_path("main > [poll]", 2, 1000000);
    trees_open_path("main > [recv]", 1, 0, 40000000);
    options.period_ns = 500000000;
    assert_has("prog: in 500 ms, 61.0 ms waiting");
    assert_has("  leaf      time     hits/s    median       p99   longest  paths\n"
               "  recv   40.0 ms          0                       40.0 ms      1  1 unfinished\n"
               "  read   20.0 ms        400   ~110 us   ~200 us  <=200 us      1\n"
               "  poll    1.0 ms        4.0                        500 us      1\n");
    assert_has("     time  share    hits/s\n"
               "  61.0 ms   12 %       404");
}
END_TEST

START_TEST(without_room_for_quantiles_it_has_none)
{
    add_leaves();
    report.style.columns = 64;
    assert_has("  leaf      time       hits    median       p99   longest  paths\n");
    report.style.columns = 63;
    assert_has("  leaf      time       hits   longest  paths\n"
               "  read   20.0 ms        200    200 us      1\n");
}
END_TEST

START_TEST(without_quantiles_it_has_no_columns_for_them)
{
    trees_path("main > [read]", 200, 20000000);
    trees_path("main > [poll]", 1, 5000000);
    assert_has("  leaf      time       hits   longest  paths\n");
}
END_TEST

START_TEST(histograms_that_are_missing_are_told)
{
    int count;
    trees_path("main > [read]", 200, 20000000);
    ck_assert_ptr_null(strstr(written(), "No histograms"));
    report.histograms = true;
    assert_has(
        "No histograms: the run was saved by a version that did not count how long calls took.\n");
    trees_processes(&count)->has_times = false;
    assert_has("No histograms: the run has no times.\n");
    trees_processes(&count)->has_times = true;
    trees_path("main > [poll]", 200, 20000000)->leaf->durations = &calls;
    ck_assert_ptr_null(strstr(written(), "No histograms"));
}
END_TEST

START_TEST(calls_that_have_not_returned_need_no_histogram)
{
    report.histograms = true;
    trees_open_path("main > [read]", 1, 0, 500);
    ck_assert_ptr_null(strstr(written(), "No histograms"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("report_text_view");
    TCase *tests = tcase_create("text_view");
    tcase_add_checked_fixture(tests, begin, finish);
    tcase_add_test(tests, the_table_has_quantiles);
    tcase_add_test(tests, a_period_has_rates);
    tcase_add_test(tests, without_room_for_quantiles_it_has_none);
    tcase_add_test(tests, without_quantiles_it_has_no_columns_for_them);
    tcase_add_test(tests, histograms_that_are_missing_are_told);
    tcase_add_test(tests, calls_that_have_not_returned_need_no_histogram);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
