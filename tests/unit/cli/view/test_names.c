/*
 * test_names.c - the names that are shown.
 */
// needs: tests/unit/trees.c cli
#include "view/names.h"

#include <string.h>

#include "suite.h"
#include "trees.h"

static struct view_options options;

static void begin(void)
{
    options = trees_plain();
    trees_process(100, "prog");
}

static const struct view_node *child_of(const struct view_node *node, const char *function)
{
    for (node = node->first_child; node; node = node->next_sibling)
        if (strcmp(node->function, function) == 0)
            return node;
    ck_abort_msg("%s is not there", function);
}

static const struct view_node *main_node(void)
{
    return child_of(trees_view(&options)->groups[0].top, "main");
}

START_TEST(parameters_are_left_out)
{
    trees_path("main > app::run(int, char) > [read]", 1, 1);
    ck_assert_str_eq(child_of(main_node(), "app::run(int, char)")->shown_name, "app::run");
}
END_TEST

START_TEST(functions_that_are_both_shown_keep_what_tells_them_apart)
{
    trees_path("main > app::run(int) > [read]", 1, 1);
    trees_path("main > app::run(long) > [read]", 1, 1);
    const struct view_node *node = main_node();
    ck_assert_str_eq(child_of(node, "app::run(int)")->shown_name, "app::run(int)");
    ck_assert_str_eq(child_of(node, "app::run(long)")->shown_name, "app::run(long)");
}
END_TEST

START_TEST(functions_that_are_not_shown_do_not_matter)
{
    trees_path("main > app::run(int) > [read]", 1, 1000000);
    trees_path("main > app::run(long) > [read]", 1, 1);
    options.min_ns = 1000;
    const struct view_node *node = main_node();
    ck_assert_str_eq(child_of(node, "app::run(int)")->shown_name, "app::run");
    ck_assert_ptr_null(child_of(node, "app::run(long)")->shown_name);
}
END_TEST

START_TEST(a_function_has_one_name_everywhere)
{
    trees_path("main > app::run(int) > [read]", 1, 1);
    trees_path("main > go() > app::run(int) > [write]", 1, 1);
    const struct view_node *node = main_node();
    ck_assert_str_eq(child_of(node, "app::run(int)")->shown_name, "app::run");
    ck_assert_str_eq(child_of(child_of(node, "go()"), "app::run(int)")->shown_name, "app::run");
}
END_TEST

START_TEST(leaves_and_frames_without_names_have_no_short_names)
{
    trees_path("main > ?1 > [read]", 1, 1);
    const struct view_node *unnamed = main_node()->first_child;
    ck_assert_ptr_null(unnamed->shown_name);
    ck_assert_ptr_null(unnamed->first_child->shown_name);
}
END_TEST

START_TEST(full_names_are_not_shortened)
{
    trees_path("main > app::run(int, char) > [read]", 1, 1);
    options.full_names = true;
    ck_assert_ptr_null(child_of(main_node(), "app::run(int, char)")->shown_name);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("view_names");
    TCase *tests = tcase_create("view_names");
    tcase_add_checked_fixture(tests, begin, trees_clear);
    tcase_add_test(tests, parameters_are_left_out);
    tcase_add_test(tests, functions_that_are_both_shown_keep_what_tells_them_apart);
    tcase_add_test(tests, functions_that_are_not_shown_do_not_matter);
    tcase_add_test(tests, a_function_has_one_name_everywhere);
    tcase_add_test(tests, leaves_and_frames_without_names_have_no_short_names);
    tcase_add_test(tests, full_names_are_not_shortened);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
