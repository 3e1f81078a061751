/*
 * test_objects.c - what the leaves of a view have waited for.
 */
// needs: tests/unit/trees.c cli
#include "view/objects.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"
#include "trees.h"
#include "view/cut.h"

static struct view_options options;
static char text[4096];

static void begin(void)
{
    options = trees_plain();
    trees_process(100, "prog");
}

/* Writes all objects, leaf by leaf: "read: a 1/20 only, b 1/10 line open 1:5". */
static const char *objects_text(const struct view *view)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < view->group_count; i++) {
        struct view_node *top = view->groups[i].top;
        for (struct view_node *node = top; node; node = cut_next(node, top)) {
            size_t count;
            const struct view_object *list = view_objects_of(view, node, &count);
            for (size_t k = 0; k < count; k++) {
                used += (size_t)snprintf(text + used, sizeof text - used, "%s%s%s %lu/%lu%s%s",
                    k ? "" : node->function, k ? ", " : ": ", list[k].text,
                    (unsigned long)list[k].hits, (unsigned long)list[k].time_ns,
                    list[k].is_only ? " only" : "", list[k].is_shown ? " line" : "");
                if (list[k].open)
                    used += (size_t)snprintf(text + used, sizeof text - used, " open %lu:%lu",
                        (unsigned long)list[k].open, (unsigned long)list[k].open_ns);
            }
            if (count)
                used += (size_t)snprintf(text + used, sizeof text - used, "\n");
        }
    }
    return text;
}

static void assert_objects(const char *expected)
{
    ck_assert_str_eq(objects_text(trees_view(&options)), expected);
}

START_TEST(an_object_that_has_nearly_all_of_its_leaf_has_no_line)
{
    struct tree_node *leaf = trees_path("main > [read]", 10, 1000);
    trees_object(leaf, "/a", "/a", 9, 960, false);
    trees_object(leaf, "/b", "/b", 1, 40, false);
    assert_objects("read: /a 9/960 only, /b 1/40\n");
    const struct view *view = trees_view(&options);
    const struct view_node *read = view->groups[0].top->first_child->first_child;
    ck_assert_str_eq(view_objects_only(view, read)->text, "/a");
    ck_assert_ptr_null(view_objects_only(view, read->parent));
}
END_TEST

START_TEST(the_heavy_ones_of_several_have_lines)
{
    struct tree_node *leaf = trees_path("main > [read]", 10, 1000);
    trees_object(leaf, "/a", "/a", 1, 20, false);
    trees_object(leaf, "/b", "/b", 4, 300, false);
    trees_object(leaf, "/c", "/c", 5, 600, false);
    assert_objects("read: /c 5/600 line, /b 4/300 line, /a 1/20\n");
    options.min_percent = 40;
    assert_objects("read: /c 5/600 line, /b 4/300, /a 1/20\n");
    options.min_percent = 0;
    options.lines = SIZE_MAX;
    assert_objects("read: /c 5/600 line, /b 4/300 line, /a 1/20 line\n");
}
END_TEST

START_TEST(what_is_light_in_the_view_has_no_line)
{
    struct tree_node *leaf = trees_path("main > [read]", 2, 40);
    trees_path("main > [write]", 1, 1000);
    trees_object(leaf, "/a", "/a", 1, 20, false);
    trees_object(leaf, "/b", "/b", 1, 20, false);
    assert_objects("read: /a 1/20, /b 1/20\n");
}
END_TEST

START_TEST(the_rest_is_no_object_and_idle_leaves_have_no_lines)
{
    struct tree_node *leaf = trees_path("main > [read]", 2, 1000);
    trees_object(leaf, "others", "others", 2, 1000, false)->is_rest = true;
    assert_objects("read: others 2/1000\n");
    options.lines = SIZE_MAX;
    options.min_percent = 0;
    assert_objects("read: others 2/1000\n");
    trees_clear();
    begin();
    leaf = trees_path("main > loop > [poll]", 2, 1000);
    trees_object(leaf, "/a", "/a", 1, 500, false);
    trees_object(leaf, "/b", "/b", 1, 500, false);
    options.no_idle = false;
    options.idle = PATTERNS("loop");
    assert_objects("poll: /a 1/500, /b 1/500\n");
}
END_TEST

START_TEST(without_times_hits_say_what_is_nearly_all)
{
    int count;
    struct tree_node *leaf = trees_path("main > [read]", 100, 0);
    trees_object(leaf, "/a", "/a", 95, 0, false);
    trees_object(leaf, "/b", "/b", 5, 0, false);
    trees_processes(&count)[0].has_times = false;
    assert_objects("read: /a 95/0 only, /b 5/0\n");
}
END_TEST

START_TEST(equal_objects_of_merged_leaves_are_one)
{
    trees_object(trees_path("main > [read]", 1, 100), "/a", "/a", 1, 100, false);
    trees_process(101, "prog");
    struct tree_node *leaf = trees_path("main > [read]", 2, 300);
    trees_object(leaf, "/a", "/a", 1, 100, false);
    trees_object(leaf, "/b", "/b", 1, 200, false);
    assert_objects("read: /a 2/200 line, /b 1/200 line\n");
}
END_TEST

START_TEST(objects_of_two_spaces_are_two)
{
    trees_object(trees_path("main > [lock]", 1, 100), "mutex 0x1", "mutex 0x1", 1, 100, false)
        ->space = 100;
    trees_process(101, "prog");
    trees_object(trees_path("main > [lock]", 1, 300), "mutex 0x1", "mutex 0x1", 1, 300, false)
        ->space = 101;
    assert_objects("lock: mutex 0x1 1/300 line, mutex 0x1 1/100 line\n");
}
END_TEST

START_TEST(several_that_are_one_for_a_reader_have_a_general_text)
{
    trees_object(trees_path("main > [wait]", 1, 100), "cc1[7]", "cc1", 1, 100, false);
    assert_objects("wait: cc1[7] 1/100 only\n");
    trees_process(101, "prog");
    trees_object(trees_path("main > [wait]", 1, 300), "cc1[8]", "cc1", 1, 300, false);
    assert_objects("wait: cc1 2/400 only\n");
}
END_TEST

START_TEST(an_open_call_belongs_to_its_object)
{
    struct tree_node *leaf = trees_open_path("main > [read]", 3, 200, 50);
    trees_object(leaf, "/a", "/a", 2, 200, false);
    trees_object(leaf, "/b", "/b", 1, 0, true);
    assert_objects("read: /b 1/50 line open 1:50, /a 2/200 line\n");
    trees_object(leaf, "/c", "/c", 1, 0, true);
    assert_objects("read: /b 1/50 line open 1:50, /a 2/200 line, /c 1/0 open 1:0\n");
}
END_TEST

START_TEST(with_the_leaves_first_objects_are_those_of_all_callers)
{
    trees_object(trees_path("main > a > [read]", 1, 100), "/a", "/a", 1, 100, false);
    trees_object(trees_path("main > b > [read]", 1, 300), "/a", "/a", 1, 300, false);
    options.inverts = true;
    assert_objects("read: /a 2/400 only\n");
}
END_TEST

/* Counts the lines of the tree and of the objects. */
static size_t count_lines(const struct view *view)
{
    size_t lines = 0;
    for (struct view_node *top = view->groups[0].top, *node = top; node; node = cut_next(node, top))
        lines += node != top && node->is_shown && !cut_continues_line(node);
    for (size_t i = 0; i < view->object_count; i++)
        lines += view->objects[i].is_shown;
    return lines;
}

START_TEST(tree_and_objects_together_have_no_more_lines_than_wanted)
{
    static const char *const names[] = {"/a", "/b", "/c", "/d"};
    static char paths[20][64];
    for (int i = 0; i < 20; i++) {
        snprintf(paths[i], sizeof paths[i], "main > f%d > [read]", i);
        struct tree_node *leaf = trees_path(paths[i], 4, 4000);
        for (int k = 0; k < 4; k++)
            trees_object(leaf, names[k], names[k], 1, 1000, false);
    }
    options.min_percent = 1;
    trees_path("main > g > [read]", 4, 100000);
    for (int i = 0; i < 4; i++)
        trees_object(trees_path("main > g > [read]", 0, 0), names[i], names[i], 1, 25000, false);
    for (options.lines = 2; options.lines < 40; options.lines++)
        ck_assert_uint_le(count_lines(trees_view(&options)), options.lines);
    options.lines = 16;
    const struct view *view = trees_view(&options);
    size_t shown = 0;
    for (size_t i = 0; i < view->object_count; i++)
        shown += view->objects[i].is_shown;
    ck_assert_uint_eq(shown, 4);
}
END_TEST

/* Whatever is merged, hidden and inverted, objects never have more than their leaf. */
START_TEST(objects_never_have_more_time_or_hits_than_their_leaf)
{
    static const char *const names[] = {"/a", "/b", "/c"};
    static const char *const functions[] = {"main", "work", "run", "step"};
    srand(1);
    for (int round = 0; round < 200; round++) {
        trees_clear();
        begin();
        for (int i = 0; i < 30; i++) {
            char path[200];
            snprintf(path, sizeof path, "main > %s > %s > [read]", functions[rand() % 4],
                functions[rand() % 4]);
            uint64_t each = (uint64_t)rand() % 50;
            struct tree_node *leaf = trees_path(path, 4, 4 * each);
            for (int k = rand() % 3; k < 3; k++)
                trees_object(leaf, names[k], k ? "/x" : names[k], 1, each, false);
            if (rand() % 8 == 0)
                trees_thread(1000 + i, "worker");
            if (rand() % 8 == 0)
                trees_process(2000 + i, "prog");
            int count;
            trees_processes(&count);
            if (count == TREES_PROCESSES)
                break;
        }
        options.inverts = rand() % 2;
        const struct view *view = trees_view(&options);
        for (size_t i = 0; i < view->object_count; i++) {
            size_t count;
            uint64_t hits = 0, ns = 0;
            const struct view_node *node = view->objects[i].node;
            const struct view_object *list = view_objects_of(view, node, &count);
            for (size_t k = 0; k < count; k++) {
                hits += list[k].hits;
                ns += list[k].time_ns;
            }
            ck_assert_uint_le(hits, node->hits);
            ck_assert_uint_le(ns, node->time_ns + node->idle_ns);
        }
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("objects");
    TCase *objects = tcase_create("objects");
    tcase_add_checked_fixture(objects, begin, trees_clear);
    tcase_add_test(objects, an_object_that_has_nearly_all_of_its_leaf_has_no_line);
    tcase_add_test(objects, the_heavy_ones_of_several_have_lines);
    tcase_add_test(objects, what_is_light_in_the_view_has_no_line);
    tcase_add_test(objects, the_rest_is_no_object_and_idle_leaves_have_no_lines);
    tcase_add_test(objects, without_times_hits_say_what_is_nearly_all);
    tcase_add_test(objects, equal_objects_of_merged_leaves_are_one);
    tcase_add_test(objects, objects_of_two_spaces_are_two);
    tcase_add_test(objects, several_that_are_one_for_a_reader_have_a_general_text);
    tcase_add_test(objects, an_open_call_belongs_to_its_object);
    tcase_add_test(objects, with_the_leaves_first_objects_are_those_of_all_callers);
    tcase_add_test(objects, tree_and_objects_together_have_no_more_lines_than_wanted);
    tcase_add_test(objects, objects_never_have_more_time_or_hits_than_their_leaf);
    suite_add_tcase(suite, objects);
    return suite_run(suite);
}
