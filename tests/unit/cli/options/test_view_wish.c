/*
 * test_view_wish.c - the options of the view: values, repetition, contradictions.
 */
// needs: cli
#include "options/view_wish.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"

static struct view_wish wish;
static char *problem;

static void begin(void)
{
    view_wish_begin(&wish);
    problem = NULL;
}

static void finish(void)
{
    view_wish_finish(&wish);
    free(problem);
}

static void take(int option, const char *value)
{
    ck_assert_int_eq(view_wish_take(&wish, option, value, &problem), 0);
}

static void check(void)
{
    ck_assert_int_eq(view_wish_check(&wish, &problem), 0);
}

static void refuses(int option, const char *value, const char *words)
{
    ck_assert_int_eq(view_wish_take(&wish, option, value, &problem), -EINVAL);
    ck_assert_msg(strstr(problem, words) != NULL, "'%s' lacks '%s'", problem, words);
    ck_assert_ptr_null(strchr(problem, '\n'));
    free(problem);
    problem = NULL;
}

START_TEST(without_options_the_view_is_the_default)
{
    check();
    ck_assert(!wish.is_given && !wish.is_full && !wish.places && !wish.histograms);
    ck_assert_uint_eq(wish.view.lines, 40);
    ck_assert(wish.view.min_percent == 1);
    ck_assert_int_eq(wish.view.sort, VIEW_BY_TIME);
    ck_assert(!wish.view.sites && !wish.view.internals && !wish.view.no_idle);
}
END_TEST

START_TEST(patterns_are_collected_in_order)
{
    const struct {
        int option;
        const struct view_patterns *patterns;
    } rows[] = {{WISH_UNDER, &wish.view.under}, {WISH_THROUGH, &wish.view.through},
        {WISH_WITHOUT, &wish.view.without}, {WISH_THREAD, &wish.view.threads},
        {WISH_PROCESS, &wish.view.processes}, {WISH_HIDE, &wish.view.hide},
        {WISH_MERGE, &wish.view.merge}, {WISH_IDLE, &wish.view.idle}};
    static const char *const values[] = {"a::b", "c*", "lib:d"};
    for (size_t i = 0; i < 3; i++)
        for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
            take(rows[k].option, values[i]);
    check();
    ck_assert(wish.is_given);
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        ck_assert_uint_eq(rows[k].patterns->count, 3);
        for (size_t i = 0; i < 3; i++)
            ck_assert_str_eq(rows[k].patterns->list[i], values[i]);
    }
}
END_TEST

START_TEST(a_pattern_that_is_no_name_is_refused)
{
    refuses(WISH_UNDER, "", "--under needs the name of a function");
    refuses(WISH_THREAD, "", "--thread needs a name, a pattern or a number");
    refuses(WISH_HIDE, ":read", ":read");
    refuses(WISH_IDLE, "libssl:", "libssl:");
    take(WISH_THREAD, ":odd"); /* a thread may have any name */
}
END_TEST

START_TEST(flags_are_set)
{
    take(WISH_INTERNALS, NULL);
    take(WISH_SITES, NULL);
    take(WISH_INVERT, NULL);
    take(WISH_THREADS, NULL);
    take(WISH_PROCESSES, NULL);
    take(WISH_FULL_NAMES, NULL);
    check();
    ck_assert(wish.view.internals && wish.view.sites && wish.view.inverts);
    ck_assert(wish.view.apart_threads && wish.view.apart_processes && wish.view.full_names);
    ck_assert(!wish.places && !wish.histograms);
    take(WISH_HISTOGRAM, NULL);
    check();
    ck_assert(wish.histograms && wish.is_given);
}
END_TEST

START_TEST(places_are_sites_too)
{
    take(WISH_PLACES, NULL);
    ck_assert(wish.places && wish.view.sites);
}
END_TEST

START_TEST(of_what_and_no_what_the_last_one_counts)
{
    take(WISH_NO_WHAT, NULL);
    ck_assert(wish.has_no_objects && !wish.shows_objects && !wish.is_given);
    take(WISH_WHAT, NULL);
    ck_assert(!wish.has_no_objects && wish.shows_objects && wish.is_given);
    take(WISH_NO_WHAT, NULL);
    ck_assert(wish.has_no_objects && !wish.shows_objects);
}
END_TEST

START_TEST(the_order_is_one_of_three)
{
    take(WISH_SORT, "order");
    ck_assert_int_eq(wish.view.sort, VIEW_BY_ORDER);
    take(WISH_SORT, "hits");
    ck_assert_int_eq(wish.view.sort, VIEW_BY_HITS);
    take(WISH_SORT, "time");
    ck_assert_int_eq(wish.view.sort, VIEW_BY_TIME);
    refuses(WISH_SORT, "size", "--sort takes time, order or hits, not 'size'");
    refuses(WISH_SORT, "", "''");
    refuses(WISH_SORT, "Time", "'Time'");
}
END_TEST

START_TEST(lines_are_a_number)
{
    take(WISH_LINES, "1");
    ck_assert_uint_eq(wish.view.lines, 1);
    take(WISH_LINES, "250");
    ck_assert_uint_eq(wish.view.lines, 250);
    static const char *const wrong[] = {"0", "-1", "+1", "ten", "1k", "", " 5", "5 "};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        refuses(WISH_LINES, wrong[i], "--lines takes a number from 1 on");
}
END_TEST

START_TEST(a_least_time_has_a_unit)
{
    const struct {
        const char *text;
        uint64_t ns;
    } rows[] = {{"1ns", 1}, {"2us", 2000}, {"2µs", 2000}, {"1ms", 1000000}, {"2.5 s", 2500000000},
        {"1min", 60000000000}, {"0s", 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        take(WISH_MIN, rows[i].text);
        ck_assert_uint_eq(wish.view.min_ns, rows[i].ns);
    }
    ck_assert(wish.view.min_percent == 0);
    static const char *const wrong[] = {
        "1", "ms", "-1ms", "1 hour", "", "nan s", "inf s", "1e300 s", "1msx"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        refuses(WISH_MIN, wrong[i], "--min takes a time such as 1ms");
}
END_TEST

START_TEST(a_least_share_is_a_percentage)
{
    take(WISH_MIN_SHARE, "0");
    ck_assert(wish.view.min_percent == 0);
    take(WISH_MIN_SHARE, "2.5%");
    ck_assert(wish.view.min_percent == 2.5);
    take(WISH_MIN_SHARE, "100");
    static const char *const wrong[] = {"-1", "101", "half", "", "nan", "1 %%", "1x"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        refuses(WISH_MIN_SHARE, wrong[i], "--min-share takes a percentage");
}
END_TEST

START_TEST(a_least_time_and_a_least_share_hold_in_any_order)
{
    take(WISH_MIN_SHARE, "5");
    take(WISH_MIN, "1ms");
    ck_assert(wish.view.min_percent == 5 && wish.view.min_ns == 1000000);
    finish();
    begin();
    take(WISH_MIN, "1ms");
    take(WISH_MIN_SHARE, "5");
    ck_assert(wish.view.min_percent == 5 && wish.view.min_ns == 1000000);
}
END_TEST

START_TEST(all_has_no_limits)
{
    take(WISH_ALL, NULL);
    check();
    ck_assert_uint_eq(wish.view.lines, SIZE_MAX);
    ck_assert(wish.view.min_ns == 0 && wish.view.min_percent == 0);
}
END_TEST

START_TEST(contradictions_are_refused)
{
    take(WISH_ALL, NULL);
    refuses(WISH_LINES, "10", "--all");
    finish();
    begin();
    take(WISH_MIN, "1ms");
    refuses(WISH_ALL, NULL, "--min");
    finish();
    begin();
    take(WISH_IDLE, "none");
    refuses(WISH_IDLE, "poll", "--idle=none");
    finish();
    begin();
    take(WISH_IDLE, "poll");
    refuses(WISH_IDLE, "none", "--idle=none");
    finish();
    begin();
    take(WISH_FULL, NULL);
    take(WISH_HIDE, "f");
    ck_assert_int_eq(view_wish_check(&wish, &problem), -EINVAL);
    ck_assert_ptr_nonnull(strstr(problem, "--full"));
}
END_TEST

START_TEST(defaults_are_not_given)
{
    take(WISH_HIDE, "f");
    take(WISH_SORT, "hits");
    view_wish_set_defaults(&wish);
    check();
    ck_assert(!wish.is_given && !wish.is_full);
    ck_assert_int_eq(wish.view.sort, VIEW_BY_HITS);
    ck_assert_uint_eq(wish.view.hide.count, 1);
}
END_TEST

START_TEST(other_options_overrule_a_default_of_full)
{
    take(WISH_FULL, NULL);
    view_wish_set_defaults(&wish);
    check();
    ck_assert(wish.is_full);
    finish();
    begin();
    take(WISH_FULL, NULL);
    view_wish_set_defaults(&wish);
    take(WISH_INVERT, NULL);
    check();
    ck_assert(!wish.is_full);
}
END_TEST

START_TEST(options_overrule_defaults_that_contradict_them)
{
    take(WISH_ALL, NULL);
    take(WISH_IDLE, "none");
    view_wish_set_defaults(&wish);
    take(WISH_LINES, "7");
    take(WISH_IDLE, "poll");
    check();
    ck_assert_uint_eq(wish.view.lines, 7);
    ck_assert(!wish.view.no_idle);
    ck_assert_uint_eq(wish.view.idle.count, 1);
    finish();
    begin();
    take(WISH_LINES, "7");
    take(WISH_MIN_SHARE, "20");
    take(WISH_IDLE, "poll");
    view_wish_set_defaults(&wish);
    take(WISH_ALL, NULL);
    take(WISH_IDLE, "none");
    check();
    ck_assert_uint_eq(wish.view.lines, SIZE_MAX);
    ck_assert(wish.view.min_percent == 0 && wish.view.no_idle);
    ck_assert_uint_eq(wish.view.idle.count, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("view_wish");
    TCase *tests = tcase_create("view_wish");
    tcase_add_checked_fixture(tests, begin, finish);
    tcase_add_test(tests, without_options_the_view_is_the_default);
    tcase_add_test(tests, patterns_are_collected_in_order);
    tcase_add_test(tests, a_pattern_that_is_no_name_is_refused);
    tcase_add_test(tests, flags_are_set);
    tcase_add_test(tests, places_are_sites_too);
    tcase_add_test(tests, of_what_and_no_what_the_last_one_counts);
    tcase_add_test(tests, the_order_is_one_of_three);
    tcase_add_test(tests, lines_are_a_number);
    tcase_add_test(tests, a_least_time_has_a_unit);
    tcase_add_test(tests, a_least_share_is_a_percentage);
    tcase_add_test(tests, a_least_time_and_a_least_share_hold_in_any_order);
    tcase_add_test(tests, all_has_no_limits);
    tcase_add_test(tests, contradictions_are_refused);
    tcase_add_test(tests, defaults_are_not_given);
    tcase_add_test(tests, other_options_overrule_a_default_of_full);
    tcase_add_test(tests, options_overrule_defaults_that_contradict_them);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
