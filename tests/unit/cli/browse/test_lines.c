/*
 * test_lines.c - which lines are there after nodes were folded, unfolded and revealed.
 */
// needs: cli
#include "browse/lines.h"

#include <stdlib.h>

#include "some_view.h"
#include "suite.h"

static struct lines lines;
static struct view_node *f, *g, *h, *leaf, *small;

/*
 * main - f - g - leaf
 *      |   ` small
 *      ` h
 */
static void begin(void)
{
    begin_view(1);
    struct view_node *main_node = add(groups[0].top, "main", 100, 100);
    f = add(main_node, "f", 90, 90);
    g = add(f, "g", 80, 80);
    leaf = add(g, "leaf", 80, 80);
    small = add(f, "small", 10, 10);
    h = add(main_node, "h", 10, 10);
    lines = (struct lines){.view = &view};
    lines_begin(&view);
}

static void finish(void)
{
    lines_finish(&lines);
}

/* Compares the lines with their names, indented by level; "~" stands for a rest. */
static void expect(const char *expected)
{
    char text[1000] = "";
    size_t used = 0;
    ck_assert_int_eq(lines_list(&lines), 0);
    for (size_t i = 0; i < lines.count; i++) {
        const struct line *line = &lines.list[i];
        const char *first = line->first->function ? line->first->function : "top";
        const char *last = line->last->function ? line->last->function : "top";
        used += (size_t)snprintf(text + used, sizeof text - used, "%zu ", line->level);
        if (line->is_rest)
            used += (size_t)snprintf(text + used, sizeof text - used, "~%s\n", last);
        else if (line->first == line->last)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s\n", first);
        else
            used += (size_t)snprintf(text + used, sizeof text - used, "%s>%s\n", first, last);
    }
    ck_assert_str_eq(text, expected);
}

START_TEST(outermost_functions_are_always_shown)
{
    expect("0 main\n");
    ck_assert(lines_is_folded(lines.list[0].last));
}
END_TEST

START_TEST(unfolding_shows_the_children_in_a_line_if_there_is_one)
{
    lines_unfold(f->parent);
    expect("0 main\n1 f\n1 h\n");
    lines_unfold(f);
    expect("0 main\n1 f\n2 g>leaf\n2 small\n1 h\n");
}
END_TEST

START_TEST(places_have_a_line_each)
{
    lines.places = true;
    lines_unfold_all(f->parent);
    expect("0 main\n1 f\n2 g\n3 leaf\n2 small\n1 h\n");
}
END_TEST

START_TEST(folding_hides_all_below_and_keeps_what_was_unfolded_there)
{
    lines_unfold_all(f->parent);
    lines_fold(f);
    expect("0 main\n1 f\n1 h\n");
    lines_unfold(f);
    expect("0 main\n1 f\n2 g>leaf\n2 small\n1 h\n");
}
END_TEST

START_TEST(a_revealed_node_leaves_its_siblings_in_a_rest)
{
    lines_reveal(leaf);
    expect("0 main\n1 f\n2 g>leaf\n2 ~f\n1 ~main\n");
    lines_unfold(f);
    expect("0 main\n1 f\n2 g>leaf\n2 small\n1 ~main\n");
    lines_reveal(leaf);
    expect("0 main\n1 f\n2 g>leaf\n2 small\n1 ~main\n");
}
END_TEST

START_TEST(a_revealed_node_is_shown_to_the_end_of_its_line)
{
    lines_reveal(g);
    expect("0 main\n1 f\n2 g>leaf\n2 ~f\n1 ~main\n");
}
END_TEST

START_TEST(the_longest_child_is_by_time_or_by_hits)
{
    h->hits = 1000;
    ck_assert_ptr_eq(lines_unfold_heaviest(f->parent, true), h);
    expect("0 main\n1 h\n1 ~main\n");
    ck_assert_ptr_eq(lines_unfold_heaviest(f->parent, false), leaf);
    expect("0 main\n1 f\n2 g>leaf\n2 ~f\n1 h\n");
}
END_TEST

START_TEST(a_node_is_found_in_its_line_or_in_that_of_its_caller)
{
    lines_unfold_all(f->parent);
    expect("0 main\n1 f\n2 g>leaf\n2 small\n1 h\n");
    ck_assert_uint_eq(lines_find(&lines, leaf), 2);
    ck_assert_uint_eq(lines_find(&lines, h), 4);
    lines_fold(f);
    expect("0 main\n1 f\n1 h\n");
    ck_assert_uint_eq(lines_find(&lines, leaf), 1);
}
END_TEST

START_TEST(callers_and_siblings_of_lines)
{
    lines_unfold_all(f->parent);
    expect("0 main\n1 f\n2 g>leaf\n2 small\n1 h\n");
    ck_assert_uint_eq(lines_parent(&lines, 3), 1);
    ck_assert_uint_eq(lines_parent(&lines, 0), 0);
    ck_assert_uint_eq(lines_next_sibling(&lines, 1), 4);
    ck_assert_uint_eq(lines_next_sibling(&lines, 3), 3);
    ck_assert_uint_eq(lines_next_sibling(&lines, 4), 4);
    ck_assert_uint_eq(lines_previous_sibling(&lines, 4), 1);
    ck_assert_uint_eq(lines_previous_sibling(&lines, 2), 2);
}
END_TEST

START_TEST(sequels_are_lines_of_the_same_level_below)
{
    bool has_sequel[3];
    lines_reveal(leaf);
    expect("0 main\n1 f\n2 g>leaf\n2 ~f\n1 ~main\n");
    lines_find_sequels(&lines, 2, has_sequel);
    ck_assert(has_sequel[1] && has_sequel[2]);
    lines_find_sequels(&lines, 3, has_sequel);
    ck_assert(has_sequel[1] && !has_sequel[2]);
    lines_find_sequels(&lines, 4, has_sequel);
    ck_assert(!has_sequel[1]);
}
END_TEST

START_TEST(groups_have_headings_if_there_are_several)
{
    begin_view(2);
    add(add(groups[0].top, "main", 100, 100), "only", 100, 100);
    add(groups[1].top, "start", 50, 50);
    add(groups[1].top, "other", 50, 50);
    lines_begin(&view);
    expect("0 top\n0 top\n");
    lines_unfold_all(groups[0].top);
    lines_unfold(groups[1].top);
    expect("0 top>only\n0 top\n1 start\n1 other\n");
    groups[0].top->hits = 0;
    expect("0 top\n1 start\n1 other\n");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("lines");
    TCase *tests = tcase_create("lines");
    tcase_add_checked_fixture(tests, begin, finish);
    tcase_add_test(tests, outermost_functions_are_always_shown);
    tcase_add_test(tests, unfolding_shows_the_children_in_a_line_if_there_is_one);
    tcase_add_test(tests, places_have_a_line_each);
    tcase_add_test(tests, folding_hides_all_below_and_keeps_what_was_unfolded_there);
    tcase_add_test(tests, a_revealed_node_leaves_its_siblings_in_a_rest);
    tcase_add_test(tests, a_revealed_node_is_shown_to_the_end_of_its_line);
    tcase_add_test(tests, the_longest_child_is_by_time_or_by_hits);
    tcase_add_test(tests, a_node_is_found_in_its_line_or_in_that_of_its_caller);
    tcase_add_test(tests, callers_and_siblings_of_lines);
    tcase_add_test(tests, sequels_are_lines_of_the_same_level_below);
    tcase_add_test(tests, groups_have_headings_if_there_are_several);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
