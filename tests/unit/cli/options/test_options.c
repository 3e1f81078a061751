/*
 * test_options.c - the command line.
 */
// needs: cli
#include "options/options.h"
#include "suite.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PARSE(...) parse((char *[]){"scoped-trace", __VA_ARGS__, NULL})

static struct options options;
static char *problem;

static int parse(char **arguments)
{
    static char *argv[16]; /* the options point into it */
    int argc = 0;
    while ((argv[argc] = arguments[argc]) != NULL)
        argc++;
    return options_parse(&options, argc, argv, &problem);
}

static void clear(void)
{
    options_finish(&options);
    free(problem);
    problem = NULL;
}

static void expect_problem(int error, const char *words)
{
    ck_assert_int_eq(error, -EINVAL);
    ck_assert_ptr_nonnull(problem);
    ck_assert_msg(strstr(problem, words) != NULL, "'%s' lacks '%s'", problem, words);
    ck_assert_ptr_null(strchr(problem, '\n'));
}

START_TEST(a_program_alone_gets_the_defaults)
{
    ck_assert_int_eq(PARSE("prog"), 0);
    ck_assert_int_eq(options.action, ACTION_RUN);
    ck_assert_str_eq(options.root, "main");
    ck_assert(options.root_is_default);
    ck_assert_uint_eq(options.leaf_count, 0);
    ck_assert_ptr_null(options.output);
    ck_assert_int_eq(options.color, COLOR_AUTO);
    ck_assert_str_eq(options.program[0], "prog");
    ck_assert_ptr_null(options.program[1]);
}
END_TEST

START_TEST(times_are_taken_unless_the_user_says_no)
{
    ck_assert_int_eq(PARSE("prog"), 0);
    ck_assert(!options.has_no_times);
    options_finish(&options);
    ck_assert_int_eq(PARSE("--no-time", "prog"), 0);
    ck_assert(options.has_no_times);
}
END_TEST

START_TEST(options_after_the_program_are_the_programs)
{
    ck_assert_int_eq(PARSE("--root", "r", "prog", "--root", "x", "-o", "--", "y"), 0);
    ck_assert_str_eq(options.root, "r");
    ck_assert(!options.root_is_default);
    ck_assert_str_eq(options.program[1], "--root");
    ck_assert_str_eq(options.program[4], "--");
    ck_assert_ptr_null(options.output);
}
END_TEST

START_TEST(two_dashes_end_the_options)
{
    ck_assert_int_eq(PARSE("--", "--odd", "--help"), 0);
    ck_assert_int_eq(options.action, ACTION_RUN);
    ck_assert_str_eq(options.program[0], "--odd");
    ck_assert_str_eq(options.program[1], "--help");
}
END_TEST

START_TEST(values_follow_a_space_or_an_equals_sign)
{
    ck_assert_int_eq(PARSE("--color", "always", "--output=f", "--root=r", "p"), 0);
    ck_assert_int_eq(options.color, COLOR_ALWAYS);
    ck_assert_str_eq(options.output, "f");
    ck_assert_str_eq(options.root, "r");
    clear();
    ck_assert_int_eq(PARSE("--color=never", "-o", "g", "p"), 0);
    ck_assert_int_eq(options.color, COLOR_NEVER);
    ck_assert_str_eq(options.output, "g");
}
END_TEST

START_TEST(fibers_are_one_group_more)
{
    ck_assert_int_eq(PARSE("--fibers", "p"), 0);
    ck_assert_uint_eq(options.leaf_count, 2);
    ck_assert_str_eq(options.leaves[0], "@wait");
    ck_assert_str_eq(options.leaves[1], "@fiber");
    options_finish(&options);
    ck_assert_int_eq(PARSE("--fibers", "--leaf", "-read", "--fibers", "p"), 0);
    ck_assert_uint_eq(options.leaf_count, 2);
    ck_assert_str_eq(options.leaves[0], "-read");
    ck_assert_str_eq(options.leaves[1], "@fiber");
}
END_TEST

START_TEST(leaf_arguments_keep_their_order)
{
    ck_assert_int_eq(PARSE("--leaf", "-read", "--leaf=@net,x", "--leaf", "y", "p"), 0);
    ck_assert_uint_eq(options.leaf_count, 3);
    ck_assert_str_eq(options.leaves[0], "-read");
    ck_assert_str_eq(options.leaves[1], "@net,x");
    ck_assert_str_eq(options.leaves[2], "y");
}
END_TEST

START_TEST(asking_for_something_else_needs_no_program)
{
    ck_assert_int_eq(PARSE("--help"), 0);
    ck_assert_int_eq(options.action, ACTION_HELP);
    clear();
    ck_assert_int_eq(PARSE("--version"), 0);
    ck_assert_int_eq(options.action, ACTION_VERSION);
    clear();
    ck_assert_int_eq(PARSE("--list-leaves"), 0);
    ck_assert_int_eq(options.action, ACTION_LIST_LEAVES);
    ck_assert_ptr_null(options.program[0]);
}
END_TEST

START_TEST(an_unknown_option_is_named)
{
    expect_problem(PARSE("--rood=x", "p"), "'--rood=x'");
    clear();
    expect_problem(PARSE("-xo", "f", "p"), "'-x'");
    clear();
    expect_problem(PARSE("--help=3"), "'--help=3' takes no value");
}
END_TEST

START_TEST(a_missing_value_is_said)
{
    expect_problem(PARSE("--root"), "'--root' needs a value");
    clear();
    expect_problem(PARSE("-o"), "'-o' needs a value");
    clear();
    expect_problem(PARSE("--root=", "p"), "--root needs");
    clear();
    expect_problem(PARSE("--output=", "p"), "--output needs");
}
END_TEST

START_TEST(a_wrong_color_is_said)
{
    expect_problem(PARSE("--color=blue", "p"), "'blue'");
}
END_TEST

START_TEST(each_takes_a_number_or_none)
{
    ck_assert_int_eq(PARSE("p"), 0);
    ck_assert_uint_eq(options.calls.each, 0);
    clear();
    ck_assert_int_eq(PARSE("--each", "p"), 0);
    ck_assert_uint_eq(options.calls.each, 100);
    ck_assert_str_eq(options.program[0], "p");
    clear();
    ck_assert_int_eq(PARSE("--each=1", "p"), 0);
    ck_assert_uint_eq(options.calls.each, 1);
    clear();
    ck_assert_int_eq(PARSE("--each=10000", "p"), 0);
    ck_assert_uint_eq(options.calls.each, 10000);
}
END_TEST

START_TEST(wishes_for_tasks_are_lines_in_order)
{
    ck_assert_int_eq(PARSE("p"), 0);
    ck_assert_ptr_null(options.tasks);
    clear();
    ck_assert_int_eq(PARSE("--tasks", "p"), 0);
    ck_assert_str_eq(options.tasks, "auto\n");
    clear();
    ck_assert_int_eq(PARSE("--tasks=tokio,futures", "--task", "leaf=f,key=2", "p"), 0);
    ck_assert_str_eq(options.tasks, "tokio\nfutures\nleaf=f,key=2\n");
    clear();
    ck_assert_int_eq(PARSE("--tasks=tokio,", "p"), -EINVAL);
    clear();
    ck_assert_int_eq(PARSE("--tasks=", "p"), -EINVAL);
    clear();
    ck_assert_int_eq(PARSE("--tasks=leaf=f", "p"), -EINVAL);
    clear();
    ck_assert_int_eq(PARSE("--task=f", "p"), -EINVAL);
}
END_TEST

START_TEST(each_can_mean_the_innermost_calls)
{
    ck_assert_int_eq(PARSE("--each=innermost", "p"), 0);
    ck_assert_uint_eq(options.calls.each, 100);
    ck_assert(options.calls.is_innermost);
    clear();
    ck_assert_int_eq(PARSE("--each=7,innermost", "p"), 0);
    ck_assert_uint_eq(options.calls.each, 7);
    ck_assert(options.calls.is_innermost);
    clear();
    ck_assert_int_eq(PARSE("--each=innermost,7", "--each=8", "p"), 0);
    ck_assert_uint_eq(options.calls.each, 8);
    ck_assert(!options.calls.is_innermost);
}
END_TEST

START_TEST(by_means_each)
{
    ck_assert_int_eq(PARSE("--root=f", "--by=conn_2", "p"), 0);
    ck_assert_str_eq(options.calls.by, "conn_2");
    ck_assert_uint_eq(options.calls.each, 1000);
    clear();
    ck_assert_int_eq(PARSE("--root=f", "--each=innermost", "--by", "6", "p"), 0);
    ck_assert_str_eq(options.calls.by, "6");
    ck_assert_uint_eq(options.calls.each, 1000);
    ck_assert(options.calls.is_innermost);
    clear();
    ck_assert_int_eq(PARSE("--root=f", "--by", "_", "--each=7", "p"), 0);
    ck_assert_uint_eq(options.calls.each, 7);
}
END_TEST

START_TEST(wrong_arguments_of_the_root_are_said)
{
    static const char *const wrong[] = {"0", "7", "10", "1a", "-1", "", "a-b", "a b", "x.y", "+1"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char argument[20], words[100];
        snprintf(argument, sizeof argument, "--by=%s", wrong[i]);
        snprintf(words, sizeof words,
            "--by takes the name of a parameter, or its number from 1 to 6, not '%s'", wrong[i]);
        expect_problem(PARSE("--root=f", argument, "p"), words);
        clear();
    }
    expect_problem(PARSE("--by=x", "p"), "--by needs --root FUNCTION");
}
END_TEST

/* It is optional, so a number of its own is the program. */
START_TEST(the_number_of_each_follows_an_equals_sign)
{
    ck_assert_int_eq(PARSE("--each", "7", "p"), 0);
    ck_assert_uint_eq(options.calls.each, 100);
    ck_assert_str_eq(options.program[0], "7");
}
END_TEST

START_TEST(a_wrong_number_is_said)
{
    static const char *const wrong[] = {"0", "-1", "10001", "x", "", "7x", " 7", "+7", "1e3",
        "0x10", "18446744073709551617", "99999999999999999999999999", "inner", "innermostx",
        "innermost,", ",innermost", "5,", "innermost,x", "innermost 5"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char argument[60], words[120];
        snprintf(argument, sizeof argument, "--each=%s", wrong[i]);
        snprintf(words, sizeof words,
            "--each takes a number from 1 to 10000, or innermost, not '%s'", wrong[i]);
        expect_problem(PARSE(argument, "p"), words);
        clear();
    }
}
END_TEST

START_TEST(where_functions_are_hooked_can_be_said)
{
    static const struct {
        const char *word;
        enum plan_policy policy;
    } cases[] = {{"auto", PLAN_AUTO}, {"entry", PLAN_ENTRY_ONLY}, {"plt", PLAN_LINKER_ONLY}};
    ck_assert_int_eq(PARSE("p"), 0);
    ck_assert_int_eq(options.policy, PLAN_AUTO);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        clear();
        ck_assert_int_eq(PARSE("--hook", (char *)cases[i].word, "p"), 0);
        ck_assert_int_eq(options.policy, cases[i].policy);
    }
}
END_TEST

START_TEST(a_wrong_place_to_hook_is_said)
{
    expect_problem(PARSE("--hook=got", "p"), "--hook takes auto, entry or plt, not 'got'");
    clear();
    expect_problem(PARSE("--hook=", "p"), "not ''");
    clear();
    expect_problem(PARSE("--hook"), "'--hook' needs a value");
}
END_TEST

START_TEST(what_is_only_said_takes_no_value)
{
    ck_assert_int_eq(PARSE("p"), 0);
    ck_assert(!options.explains && !options.yes_many);
    clear();
    ck_assert_int_eq(PARSE("--explain", "--yes-many", "p"), 0);
    ck_assert(options.explains && options.yes_many);
    clear();
    expect_problem(PARSE("--explain=all", "p"), "'--explain=all' takes no value");
    clear();
    expect_problem(PARSE("--yes-many=3", "p"), "'--yes-many=3' takes no value");
    clear();
    expect_problem(PARSE("--explain"), "no program");
}
END_TEST

START_TEST(no_program_is_said)
{
    expect_problem(PARSE("--root", "r"), "no program");
    clear();
    expect_problem(PARSE("--"), "no program");
}
END_TEST

START_TEST(the_output_is_untouched_on_failure)
{
    options.root = "as it was";
    expect_problem(PARSE("--root", "r"), "no program");
    ck_assert_str_eq(options.root, "as it was");
}
END_TEST

START_TEST(runs_are_saved_and_kept_as_one_likes)
{
    ck_assert_int_eq(PARSE("prog"), 0);
    ck_assert(options.save == NULL && !options.redacts && !options.keeps_not);
    clear();
    ck_assert_int_eq(PARSE("--save", "FILE", "--redact", "--no-keep", "prog"), 0);
    ck_assert_str_eq(options.save, "FILE");
    ck_assert(options.redacts && options.keeps_not);
    clear();
    ck_assert_int_eq(PARSE("report", "last", "--save=FILE", "--redact"), 0);
    ck_assert_str_eq(options.which, "last");
    ck_assert_str_eq(options.save, "FILE");
    clear();
    expect_problem(PARSE("--save", "", "prog"), "needs the name of a file");
    clear();
    expect_problem(PARSE("--redact", "prog"), "needs --save");
    clear();
    expect_problem(PARSE("report", "--no-keep", "last"), "--no-keep");
}
END_TEST

START_TEST(each_goes_with_the_view_and_without)
{
    ck_assert_int_eq(PARSE("--each", "--under", "f", "prog"), 0);
    ck_assert(options.calls.each && options.wish.is_given);
    clear();
    ck_assert_int_eq(PARSE("--each", "--full", "prog"), 0);
}
END_TEST

START_TEST(a_run_may_be_for_a_time)
{
    ck_assert_int_eq(PARSE("prog"), 0);
    ck_assert_uint_eq(options.for_ns, 0);
    clear();
    ck_assert_int_eq(PARSE("--for", "500ms", "prog"), 0);
    ck_assert_uint_eq(options.for_ns, 500000000);
    ck_assert_int_ne(options.then, THEN_TERM);
    clear();
    ck_assert_int_eq(PARSE("--then=leave", "--for=2m", "prog"), 0);
    ck_assert_uint_eq(options.for_ns, UINT64_C(120000000000));
    ck_assert_int_eq(options.then, THEN_LEAVE);
    clear();
    ck_assert_int_eq(PARSE("--then=term", "--for=1s", "prog"), 0);
    ck_assert_int_eq(options.then, THEN_TERM);
}
END_TEST

START_TEST(a_wrong_time_or_end_is_said)
{
    expect_problem(PARSE("--for", "10", "prog"), "such as 10s, not '10'");
    clear();
    expect_problem(PARSE("--for", "0s", "prog"), "such as 10s, not '0s'");
    clear();
    expect_problem(PARSE("--for=1s", "--then=kill", "prog"), "leave or term, not 'kill'");
    clear();
    expect_problem(PARSE("--then=leave", "prog"), "--then needs --for");
    clear();
    expect_problem(PARSE("report", "--for=1s", "last"), "unknown option");
}
END_TEST

START_TEST(a_run_can_be_watched)
{
    ck_assert_int_eq(PARSE("watch"), 0);
    ck_assert_int_eq(options.action, ACTION_WATCH);
    ck_assert_uint_eq(options.every_ns, 1000000000);
    ck_assert_uint_eq(options.count, 0);
    ck_assert_ptr_null(options.which);
    clear();
    ck_assert_int_eq(PARSE("watch", "--every", "200ms", "77", "--count=3", "--under", "f"), 0);
    ck_assert_str_eq(options.which, "77");
    ck_assert_uint_eq(options.every_ns, 200000000);
    ck_assert_uint_eq(options.count, 3);
    clear();
    ck_assert_int_eq(PARSE("--", "watch", "ls"), 0);
    ck_assert_int_eq(options.action, ACTION_RUN);
}
END_TEST

START_TEST(what_does_not_go_with_watch_is_said)
{
    expect_problem(PARSE("watch", "--every", "1"), "at least 10ms, such as 1s, not '1'");
    clear();
    expect_problem(PARSE("watch", "--every", "9ms"), "not '9ms'");
    clear();
    expect_problem(PARSE("watch", "--count", "0"), "not '0'");
    clear();
    expect_problem(PARSE("watch", "--count", "-1"), "not '-1'");
    clear();
    expect_problem(PARSE("watch", "--full"), "watch does not go with --full");
    clear();
    expect_problem(PARSE("watch", "--json"), "watch does not go with --json");
    clear();
    expect_problem(PARSE("watch", "1", "2"), "watch takes one run");
    clear();
    expect_problem(PARSE("report", "--every", "1s"), "--every needs the command watch");
    clear();
    expect_problem(PARSE("now", "--count", "1"), "--count needs the command watch");
}
END_TEST

START_TEST(a_report_may_be_of_a_period)
{
    ck_assert_int_eq(PARSE("report", "--since=1s"), 0);
    ck_assert_uint_eq(options.since_ns, 1000000000);
    clear();
    ck_assert_int_eq(PARSE("report", "--since", "2s", "--save", "x"), 0);
    clear();
    expect_problem(PARSE("report", "--since", "0s"), "at least 10ms, such as 1s, not '0s'");
    clear();
    expect_problem(PARSE("report", "--since=1s", "--remove"), "does not go with --remove");
    clear();
    expect_problem(PARSE("report", "--since=1s", "-i"), "does not go with --interactive");
    clear();
    expect_problem(PARSE("report", "--since=1s", "--now"), "--now does not go with --since");
    clear();
    expect_problem(PARSE("now", "--since=1s"), "now does not go with --since");
}
END_TEST

START_TEST(the_help_fits_a_screen)
{
    size_t lines = 0, column = 0;
    for (const char *at = options_help; *at; at++) {
        column = *at == '\n' ? 0 : column + 1;
        lines += *at == '\n';
        ck_assert_uint_le(column, 80);
    }
    ck_assert_uint_le(lines, 48);
}
END_TEST

START_TEST(a_report_has_options_of_its_own)
{
    ck_assert_int_eq(PARSE("report", "--root", "f", "DIR", "-o", "file", "--remove"), 0);
    ck_assert_int_eq(options.action, ACTION_REPORT);
    ck_assert_str_eq(options.root, "f");
    ck_assert(!options.root_is_default);
    ck_assert_str_eq(options.which, "DIR");
    ck_assert_str_eq(options.output, "file");
    ck_assert(options.removes);
}
END_TEST

START_TEST(a_report_is_browsed)
{
    ck_assert_int_eq(PARSE("report", "-i"), 0);
    ck_assert(options.is_interactive);
    ck_assert_str_eq(options.which, "last");
    clear();
    ck_assert_int_eq(PARSE("report", "--interactive", "3", "--under", "f"), 0);
    ck_assert_str_eq(options.which, "3");
    clear();
    expect_problem(PARSE("report", "-i", "--full"), "--full");
    clear();
    expect_problem(PARSE("report", "-i", "-o", "file"), "--output");
    clear();
    expect_problem(PARSE("-i", "prog"), "'-i'");
}
END_TEST

START_TEST(a_report_of_nothing_lists_what_there_is)
{
    ck_assert_int_eq(PARSE("report"), 0);
    ck_assert_int_eq(options.action, ACTION_REPORT);
    ck_assert_ptr_null(options.which);
}
END_TEST

START_TEST(a_report_takes_no_options_of_a_run)
{
    expect_problem(PARSE("report", "--hook", "plt", "DIR"), "'--hook'");
    clear();
    expect_problem(PARSE("report", "DIR", "OTHER"), "one run");
    clear();
    expect_problem(PARSE("report", "--save", "FILE"), "--save needs a run");
    clear();
    expect_problem(PARSE("report", "--remove"), "--remove");
}
END_TEST

START_TEST(a_program_may_be_called_report)
{
    ck_assert_int_eq(PARSE("--", "report", "--remove"), 0);
    ck_assert_int_eq(options.action, ACTION_RUN);
    ck_assert_str_eq(options.program[0], "report");
    clear();
    ck_assert_int_eq(PARSE("--no-time", "report"), 0);
    ck_assert_int_eq(options.action, ACTION_RUN);
}
END_TEST

START_TEST(whom_to_wait_for)
{
    ck_assert_int_eq(PARSE("prog"), 0);
    ck_assert(!options.waits_for_all);
    clear();
    ck_assert_int_eq(PARSE("--wait=all", "prog"), 0);
    ck_assert(options.waits_for_all);
    clear();
    ck_assert_int_eq(PARSE("--wait", "program", "prog"), 0);
    ck_assert(!options.waits_for_all);
    clear();
    expect_problem(PARSE("--wait=none", "prog"), "'none'");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("options");
    TCase *tests = tcase_create("options");
    tcase_add_checked_fixture(tests, NULL, clear);
    tcase_add_test(tests, a_program_alone_gets_the_defaults);
    tcase_add_test(tests, times_are_taken_unless_the_user_says_no);
    tcase_add_test(tests, options_after_the_program_are_the_programs);
    tcase_add_test(tests, two_dashes_end_the_options);
    tcase_add_test(tests, values_follow_a_space_or_an_equals_sign);
    tcase_add_test(tests, leaf_arguments_keep_their_order);
    tcase_add_test(tests, fibers_are_one_group_more);
    tcase_add_test(tests, asking_for_something_else_needs_no_program);
    tcase_add_test(tests, an_unknown_option_is_named);
    tcase_add_test(tests, a_missing_value_is_said);
    tcase_add_test(tests, a_wrong_color_is_said);
    tcase_add_test(tests, each_takes_a_number_or_none);
    tcase_add_test(tests, wishes_for_tasks_are_lines_in_order);
    tcase_add_test(tests, each_can_mean_the_innermost_calls);
    tcase_add_test(tests, by_means_each);
    tcase_add_test(tests, wrong_arguments_of_the_root_are_said);
    tcase_add_test(tests, the_number_of_each_follows_an_equals_sign);
    tcase_add_test(tests, a_wrong_number_is_said);
    tcase_add_test(tests, where_functions_are_hooked_can_be_said);
    tcase_add_test(tests, a_wrong_place_to_hook_is_said);
    tcase_add_test(tests, what_is_only_said_takes_no_value);
    tcase_add_test(tests, no_program_is_said);
    tcase_add_test(tests, the_output_is_untouched_on_failure);
    tcase_add_test(tests, runs_are_saved_and_kept_as_one_likes);
    tcase_add_test(tests, each_goes_with_the_view_and_without);
    tcase_add_test(tests, a_run_may_be_for_a_time);
    tcase_add_test(tests, a_wrong_time_or_end_is_said);
    tcase_add_test(tests, the_help_fits_a_screen);
    tcase_add_test(tests, a_run_can_be_watched);
    tcase_add_test(tests, what_does_not_go_with_watch_is_said);
    tcase_add_test(tests, a_report_may_be_of_a_period);
    tcase_add_test(tests, a_report_has_options_of_its_own);
    tcase_add_test(tests, a_report_is_browsed);
    tcase_add_test(tests, a_report_of_nothing_lists_what_there_is);
    tcase_add_test(tests, a_report_takes_no_options_of_a_run);
    tcase_add_test(tests, a_program_may_be_called_report);
    tcase_add_test(tests, whom_to_wait_for);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
