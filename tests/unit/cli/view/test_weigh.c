/*
 * test_weigh.c - the order of siblings, groups and leaves, and the table of leaves.
 */
// needs: tests/unit/trees.c cli
#include "view/weigh.h"

#include "suite.h"
#include "trees.h"

static struct view_options options;

static void begin(void)
{
    options = trees_plain();
    trees_process(100, "prog");
}

static void assert_children(const char *a, const char *b, const char *c, const char *d)
{
    const char *const names[] = {a, b, c, d};
    const struct view_node *parent = trees_view(&options)->groups[0].top->first_child;
    const struct view_node *child = parent->first_child;
    for (size_t i = 0; i < 4; i++, child = child->next_sibling)
        ck_assert_str_eq(child->function, names[i]);
    ck_assert_ptr_null(child);
    ck_assert_str_eq(parent->last_child->function, d);
}

static void build_children(void)
{
    trees_path("main > few > [read]", 1, 30);
    trees_path("main > many > [read]", 9, 10);
    trees_path("main > long > [read]", 2, 90);
    trees_path("main > none > [read]", 3, 0);
}

START_TEST(children_are_sorted_by_time)
{
    build_children();
    assert_children("long", "few", "many", "none");
}
END_TEST

START_TEST(children_are_sorted_by_hits)
{
    build_children();
    options.sort = VIEW_BY_HITS;
    assert_children("many", "none", "long", "few");
}
END_TEST

START_TEST(children_stay_in_the_order_of_execution)
{
    build_children();
    options.sort = VIEW_BY_ORDER;
    assert_children("few", "many", "long", "none");
}
END_TEST

START_TEST(equal_children_stay_in_the_order_of_execution)
{
    trees_path("main > d > [read]", 1, 5);
    trees_path("main > b > [read]", 1, 5);
    trees_path("main > a > [read]", 1, 5);
    trees_path("main > c > [read]", 1, 5);
    assert_children("d", "b", "a", "c");
    options.sort = VIEW_BY_HITS;
    assert_children("d", "b", "a", "c");
}
END_TEST

START_TEST(hits_decide_between_equal_times_and_times_between_equal_hits)
{
    trees_path("main > a > [read]", 1, 5);
    trees_path("main > b > [read]", 2, 5);
    trees_path("main > c > [read]", 2, 6);
    trees_path("main > d > [read]", 3, 1);
    assert_children("c", "b", "a", "d");
    options.sort = VIEW_BY_HITS;
    assert_children("d", "c", "b", "a");
}
END_TEST

START_TEST(idle_time_comes_after_time)
{
    options.no_idle = false;
    options.idle = PATTERNS("wait*");
    trees_path("main > wait1 > [poll]", 1, 100);
    trees_path("main > wait2 > [poll]", 1, 900);
    trees_path("main > none > [read]", 50, 0);
    trees_path("main > work > [read]", 1, 1);
    assert_children("work", "wait2", "wait1", "none");
}
END_TEST

START_TEST(groups_are_sorted_too)
{
    trees_path("main > [read]", 1, 10);
    trees_thread(101, "io");
    trees_path("run > [read]", 1, 30);
    trees_thread(102, "cpu");
    trees_path("run > [read]", 5, 20);
    const struct view *view = trees_view(&options);
    ck_assert_int_eq(view->groups[0].tid, 101);
    ck_assert_int_eq(view->groups[1].tid, 102);
    ck_assert_int_eq(view->groups[2].tid, 100);
    options.sort = VIEW_BY_HITS;
    ck_assert_int_eq(trees_view(&options)->groups[0].tid, 102);
    options.sort = VIEW_BY_ORDER;
    ck_assert_int_eq(trees_view(&options)->groups[0].tid, 100);
}
END_TEST

START_TEST(the_table_has_each_leaf_once)
{
    trees_path("main > a > [read]", 2, 10);
    trees_path("main > b > [read]", 1, 30)->leaf->longest_ns = 25;
    trees_path("main > b > [write]", 1, 50);
    trees_process(200, "prog");
    trees_path("main > a > [read]", 4, 15);
    const struct view *view = trees_view(&options);
    ck_assert_uint_eq(view->leaf_count, 2);
    ck_assert_str_eq(view->leaves[0].name, "read");
    ck_assert_uint_eq(view->leaves[0].hits, 7);
    ck_assert_uint_eq(view->leaves[0].time_ns, 55);
    ck_assert_uint_eq(view->leaves[0].longest_ns, 25);
    ck_assert_uint_eq(view->leaves[0].paths, 2);
    ck_assert_str_eq(view->leaves[1].name, "write");
}
END_TEST

START_TEST(equal_leaves_are_sorted_by_name)
{
    trees_path("main > [write]", 1, 10);
    trees_path("main > [read]", 1, 10);
    ck_assert_str_eq(trees_view(&options)->leaves[0].name, "read");
}
END_TEST

START_TEST(sums_stop_at_their_greatest_value)
{
    trees_path("main > a > [read]", 1, UINT64_MAX - 5);
    trees_path("main > b > [read]", 1, 100);
    trees_path("main > b > [read] > [write]", 1, 90);
    const struct view *view = trees_view(&options);
    ck_assert_uint_eq(view->time_ns, UINT64_MAX);
    ck_assert_uint_eq(view->leaves[0].time_ns, UINT64_MAX);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("view_weigh");
    TCase *tests = tcase_create("view_weigh");
    tcase_add_checked_fixture(tests, begin, trees_clear);
    tcase_add_test(tests, children_are_sorted_by_time);
    tcase_add_test(tests, children_are_sorted_by_hits);
    tcase_add_test(tests, children_stay_in_the_order_of_execution);
    tcase_add_test(tests, equal_children_stay_in_the_order_of_execution);
    tcase_add_test(tests, hits_decide_between_equal_times_and_times_between_equal_hits);
    tcase_add_test(tests, idle_time_comes_after_time);
    tcase_add_test(tests, groups_are_sorted_too);
    tcase_add_test(tests, the_table_has_each_leaf_once);
    tcase_add_test(tests, equal_leaves_are_sorted_by_name);
    tcase_add_test(tests, sums_stop_at_their_greatest_value);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
