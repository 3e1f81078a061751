/*
 * test_find.c - the nodes that a search finds, and the way back to a node in another view.
 */
// needs: cli
#include "browse/find.h"

#include <stdlib.h>

#include "browse/trail.h"
#include "some_view.h"
#include "suite.h"

static struct view_node *first, *second, *unnamed, *third;

static void begin(void)
{
    begin_view(1);
    struct view_node *main_node = add(groups[0].top, "main", 100, 100);
    first = add(main_node, "cache::Read(int)", 50, 50);
    first->shown_name = "Read";
    second = add(first, "read", 50, 50);
    unnamed = add(main_node, NULL, 20, 20);
    unnamed->kind = VIEW_UNNAMED;
    unnamed->module = "libthread.so";
    third = add(unnamed, "write", 20, 20);
}

START_TEST(names_match_in_parts_and_in_capitals)
{
    ck_assert(find_matches(&view, first, "rEA"));
    ck_assert(find_matches(&view, unnamed, "thread"));
    ck_assert(!find_matches(&view, third, "read"));
}
END_TEST

START_TEST(only_the_shown_name_is_searched)
{
    ck_assert(!find_matches(&view, first, "cache"));
    first->shown_name = NULL;
    ck_assert(find_matches(&view, first, "cache"));
}
END_TEST

START_TEST(the_next_and_the_previous_go_round)
{
    ck_assert_ptr_eq(find_next(&view, made + 1, "read"), first);
    ck_assert_ptr_eq(find_next(&view, first, "read"), second);
    ck_assert_ptr_eq(find_next(&view, second, "read"), unnamed);
    ck_assert_ptr_eq(find_next(&view, unnamed, "read"), first);
    ck_assert_ptr_eq(find_previous(&view, first, "read"), unnamed);
    ck_assert_ptr_eq(find_previous(&view, unnamed, "read"), second);
}
END_TEST

START_TEST(the_only_find_is_found_again)
{
    ck_assert_ptr_eq(find_next(&view, third, "write"), third);
    ck_assert_ptr_eq(find_previous(&view, third, "write"), third);
    ck_assert_ptr_null(find_next(&view, third, "nowhere"));
}
END_TEST

START_TEST(a_group_is_found_by_its_name_if_it_is_shown)
{
    ck_assert_ptr_null(find_next(&view, third, "first"));
    begin_view(2);
    ck_assert_ptr_eq(find_next(&view, groups[0].top, "second"), groups[1].top);
}
END_TEST

START_TEST(a_trail_leads_past_nodes_that_are_missing)
{
    struct trail trail;
    trail_note(&trail, &groups[0], second);
    ck_assert_ptr_eq(trail_follow(&trail, &view), second);
    begin_view(1);
    struct view_node *main_node = add(groups[0].top, "main", 100, 100);
    add(main_node, "other", 50, 50);
    struct view_node *found = add(main_node, "read", 50, 50);
    ck_assert_ptr_eq(trail_follow(&trail, &view), found);
    begin_view(1);
    ck_assert_ptr_eq(trail_follow(&trail, &view), groups[0].top);
    trail_finish(&trail);
}
END_TEST

START_TEST(a_trail_leads_to_its_group)
{
    struct trail trail;
    begin_view(2);
    struct view_node *in_first = add(groups[0].top, "start", 100, 100);
    struct view_node *in_second = add(groups[1].top, "start", 100, 100);
    trail_note(&trail, &groups[1], in_second);
    ck_assert_ptr_eq(trail_follow(&trail, &view), in_second);
    ck_assert_ptr_ne(in_first, in_second);
    trail_finish(&trail);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("find");
    TCase *tests = tcase_create("find");
    tcase_add_checked_fixture(tests, begin, NULL);
    tcase_add_test(tests, names_match_in_parts_and_in_capitals);
    tcase_add_test(tests, only_the_shown_name_is_searched);
    tcase_add_test(tests, the_next_and_the_previous_go_round);
    tcase_add_test(tests, the_only_find_is_found_again);
    tcase_add_test(tests, a_group_is_found_by_its_name_if_it_is_shown);
    tcase_add_test(tests, a_trail_leads_past_nodes_that_are_missing);
    tcase_add_test(tests, a_trail_leads_to_its_group);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
