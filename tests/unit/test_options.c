/*
 * test_options.c - the command line.
 */
// needs: cli/options.c cli/message.c
#include "options.h"

#include <check.h>
#include <errno.h>
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

START_TEST(the_help_fits_a_screen)
{
    size_t lines = 0, column = 0;
    for (const char *at = options_help; *at; at++) {
        column = *at == '\n' ? 0 : column + 1;
        lines += *at == '\n';
        ck_assert_uint_le(column, 80);
    }
    ck_assert_uint_le(lines, 32);
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
    tcase_add_test(tests, asking_for_something_else_needs_no_program);
    tcase_add_test(tests, an_unknown_option_is_named);
    tcase_add_test(tests, a_missing_value_is_said);
    tcase_add_test(tests, a_wrong_color_is_said);
    tcase_add_test(tests, no_program_is_said);
    tcase_add_test(tests, the_output_is_untouched_on_failure);
    tcase_add_test(tests, the_help_fits_a_screen);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
