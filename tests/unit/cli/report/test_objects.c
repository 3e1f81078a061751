/*
 * test_objects.c - what was waited for, as text: beside leaves, below them, and in a table.
 */
// needs: tests/unit/trees.c cli
#include "report/objects/lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/character.h"
#include "objects/deadlock.h"
#include "report/drawing.h"
#include "report/folded.h"
#include "report/format.h"
#include "report/objects/deadlocks.h"
#include "report/objects/table.h"
#include "report/printer.h"
#include "suite.h"
#include "trees.h"

static struct view_options options;
static char *text;

static void begin(void)
{
    options = trees_plain();
    text = NULL;
    trees_process(100, "prog");
}

static void finish(void)
{
    free(text);
    trees_clear();
}

static struct printer open_printer(void)
{
    static size_t size;
    free(text);
    return (struct printer){.out = open_memstream(&text, &size), .glyphs = &unicode_glyphs};
}

static const char *drawn_in(size_t columns)
{
    int count;
    struct printer printer = open_printer();
    trees_sum_up();
    printer.process = trees_processes(&count);
    printer.columns = columns;
    printer.thread = &printer.process->threads[0];
    drawing_print(&printer, printer.thread->top);
    fclose(printer.out);
    return text;
}

static const char *folded_view(const struct view *view, size_t columns)
{
    struct printer printer = open_printer();
    const struct report report = {.style.columns = columns};
    folded_print(&printer, view, &report);
    fclose(printer.out);
    return strchr(text, '\n') + 1;
}

static const char *folded(size_t columns)
{
    return folded_view(trees_view(&options), columns);
}

static const char *table(size_t lines, size_t columns)
{
    struct printer printer = open_printer();
    objects_print_table(&printer, trees_view(&options), lines, columns);
    fclose(printer.out);
    return text;
}

static const char *drawn(void)
{
    return drawn_in(0);
}

/* ---- trees ---- */

START_TEST(one_object_of_all_hits_stands_behind_its_leaf)
{
    struct tree_node *leaf = trees_path("main > [read]", 2, 3000);
    trees_object(leaf, "/etc/pass\twd", "/etc/pass\twd", 2, 3000, false);
    ck_assert_str_eq(drawn(), "╼ main at prog+0x0\n"
                              "  └╼ read ×2  3.0 µs  /etc/pass\\x09wd\n");
}
END_TEST

START_TEST(an_object_without_room_behind_its_leaf_stands_below_in_several_lines)
{
    struct tree_node *leaf = trees_path("main > [lock]", 2, 3000);
    trees_object(leaf, "mutex m", "mutex m", 2, 3000, false)->note = strdup("held by thread 7");
    ck_assert_str_eq(drawn_in(60), "╼ main at prog+0x0\n"
                                   "  └╼ lock ×2  3.0 µs  mutex m, held by thread 7\n");
    ck_assert_str_eq(drawn_in(40), "╼ main at prog+0x0\n"
                                   "  └╼ lock ×2  3.0 µs\n"
                                   "     · mutex m ×2  3.0 µs, held by\n"
                                   "       thread 7\n");
}
END_TEST

START_TEST(several_objects_stand_below_their_leaf)
{
    struct tree_node *leaf = trees_path("main > [read]", 5, 4000);
    trees_path("main > [write]", 1, 0);
    trees_object(leaf, "/a", "/a", 2, 1000, false);
    trees_object(leaf, "/b", "/b", 2, 3000, false);
    ck_assert_str_eq(drawn(), "╼ main at prog+0x0\n"
                              "  ├╼ read ×5  4.0 µs\n"
                              "  │  · /b ×2  3.0 µs\n"
                              "  │  · /a ×2  1.0 µs\n"
                              "  └╼ write ×1\n");
}
END_TEST

START_TEST(what_is_not_known_is_not_said_alone)
{
    struct tree_node *leaf = trees_path("main > [read]", 5, 0);
    trees_object(leaf, "others", "others", 5, 0, false)->is_rest = true;
    ck_assert_str_eq(drawn(), "╼ main at prog+0x0\n"
                              "  └╼ read ×5\n");
    trees_object(leaf, "/a", "/a", 2, 0, false);
    ck_assert_ptr_nonnull(strstr(drawn(), "others"));
}
END_TEST

START_TEST(an_object_of_some_hits_stands_below_too)
{
    struct tree_node *leaf = trees_path("main > [read]", 5, 4000);
    trees_object(leaf, "/a", "/a", 2, 1000, false)->note = strdup("let go by f");
    ck_assert_str_eq(drawn(), "╼ main at prog+0x0\n"
                              "  └╼ read ×5  4.0 µs\n"
                              "     · /a ×2  1.0 µs, let go by f\n");
}
END_TEST

START_TEST(the_holder_of_a_lock_has_a_line_while_the_call_is_open)
{
    struct tree_node *leaf = trees_path("main > [lock]", 1, 0);
    struct tree_object *object = trees_object(leaf, "mutex m", "mutex m", 1, 0, true);
    object->note = strdup("held by thread 7");
    leaf->leaf->returns = 0;
    ck_assert_str_eq(drawn(), "╼ main at prog+0x0\n"
                              "  └╼ lock ×1  unfinished  mutex m\n"
                              "     · held by thread 7\n");
    leaf->leaf->returns = object->returns = 1;
    ck_assert_str_eq(drawn(), "╼ main at prog+0x0\n"
                              "  └╼ lock ×1  mutex m, held by thread 7\n");
}
END_TEST

START_TEST(in_a_deep_tree_they_stand_in_the_column_of_their_leaf)
{
    char path[2000] = "main";
    for (int i = 0; i < 30; i++)
        strcat(path, i % 2 ? " > a" : " > b");
    strcat(path, " > [read]");
    struct tree_node *leaf = trees_path(path, 2, 0);
    trees_object(leaf, "/a", "/a", 1, 0, false);
    trees_object(leaf, "/b", "/b", 1, 0, false);
    ck_assert_ptr_nonnull(strstr(drawn(), "\n  └╼ read ×2\n     · /a ×1\n     · /b ×1\n"));
}
END_TEST

/* ---- views ---- */

START_TEST(in_a_view_an_object_stands_behind_its_leaf)
{
    struct tree_node *leaf = trees_path("main > [read]", 2, 3000);
    trees_object(leaf, "/etc/passwd", "/etc/passwd", 2, 3000, false);
    ck_assert_str_eq(
        folded(0), "   3.0 µs 100 %         2  ╼ main › read  /etc/passwd, longest 1.5 µs\n");
    ck_assert_str_eq(
        folded(90), "   3.0 µs 100 %         2  ╼ main › read  /etc/passwd, longest 1.5 µs\n");
    ck_assert_str_eq(folded(62), "   3.0 µs 100 %         2  ╼ main › read  /etc/passwd\n");
    ck_assert_str_eq(folded(60), "   3.0 µs 100 %         2  ╼ main › read  /etc/passwd\n");
    ck_assert_str_eq(folded(50), "   3.0 µs 100 %  ╼ main › read  /etc/passwd\n");
}
END_TEST

/* What waited long is worth lines. */
START_TEST(a_note_without_room_behind_its_leaf_stands_below)
{
    struct tree_node *leaf = trees_path("main > [lock]", 2, 3000);
    trees_path("main > [read]", 1, 60000);
    struct tree_object *object = trees_object(leaf, "mutex m", "mutex m", 2, 3000, false);
    const struct view *view = trees_view(&options);
    view->objects[0].note = strdup("held by thread 77 \"somebody\"");
    ck_assert_ptr_nonnull(strstr(folded_view(view, 0), "lock  mutex m, held by"));
    ck_assert_ptr_nonnull(strstr(folded_view(view, 60), "lock  mutex m\n"));
    object->total_ns = leaf->leaf->total_ns = 30000;
    view = trees_view(&options);
    view->objects[0].note = strdup("held by thread 77 \"somebody\"");
    ck_assert_ptr_nonnull(
        strstr(folded_view(view, 60), "lock  mutex m\n"
                                      "                                · held by thread 77\n"
                                      "                                  \"somebody\"\n"));
    ck_assert_ptr_nonnull(
        strstr(folded_view(view, 44), "lock  mutex m\n"
                                      "                      · held by thread 77\n"));
}
END_TEST

START_TEST(a_long_object_is_cut_in_its_middle)
{
    struct tree_node *leaf = trees_path("main > [read]", 1, 3000);
    trees_object(leaf, "/very/long/path/to/some/file/that/has/no/end",
        "/very/long/path/to/some/file/that/has/no/end", 1, 3000, false);
    ck_assert_str_eq(
        folded(90), "   3.0 µs 100 %         1  ╼ main › read  /very/long/pat…that/has/no/end\n");
}
END_TEST

START_TEST(in_a_view_the_heavy_ones_and_the_rest_have_lines_with_sums)
{
    struct tree_node *leaf = trees_path("main > [read]", 6, 10000);
    trees_path("main > [write]", 1, 1000);
    trees_object(leaf, "/a", "/a", 2, 2000, false);
    trees_object(leaf, "/b", "/b", 2, 6000, false);
    ck_assert_str_eq(folded(0), "  11.0 µs 100 %         7  ╼ main\n"
                                "  10.0 µs  91 %         6    ├╼ read  longest 1.7 µs\n"
                                "   6.0 µs  55 %         2    │  · /b  longest 3.0 µs\n"
                                "   2.0 µs  18 %         2    │  · /a  longest 1.0 µs\n"
                                "   2.0 µs  18 %         2    │  · others\n"
                                "   1.0 µs   9 %         1    └╼ write\n");
}
END_TEST

START_TEST(lines_of_objects_are_not_wider_than_the_terminal)
{
    struct tree_node *leaf = trees_path("main > [read]", 6, 10000);
    trees_object(leaf, "/a/path/that/is/somewhat/longer/than/its/line", "/a", 2, 4000, false);
    trees_object(leaf, "/b", "/b", 2, 6000, false);
    const struct view *view = trees_view(&options);
    view->objects[0].note = strdup("held by somebody whose name is very, very long");
    view->objects[1].note = strdup("held by somebody whose name is very, very long");
    for (const char *line = folded_view(view, 60); *line; line = strchr(line, '\n') + 1) {
        char *one = strndup(line, strcspn(line, "\n"));
        ck_assert_uint_le(character_columns(one), 60);
        free(one);
    }
}
END_TEST

START_TEST(a_rest_without_weight_is_not_said)
{
    struct tree_node *leaf = trees_path("main > [read]", 6, 10000);
    trees_object(leaf, "/a", "/a", 2, 3900, false);
    trees_object(leaf, "/b", "/b", 2, 6000, false);
    ck_assert_ptr_null(strstr(folded(0), "others"));
}
END_TEST

START_TEST(what_is_said_behind_the_leaf_is_not_in_the_rest)
{
    struct tree_node *leaf = trees_path("main > [read]", 6, 10000);
    trees_object(leaf, "/a", "/a", 5, 9800, false);
    trees_object(leaf, "/b", "/b", 1, 200, false);
    options.lines = SIZE_MAX;
    options.min_percent = 0;
    ck_assert_ptr_nonnull(strstr(folded(0), "· /b"));
    ck_assert_ptr_null(strstr(folded(0), "others"));
}
END_TEST

START_TEST(that_a_call_is_open_is_said_rather_than_its_object)
{
    struct tree_node *leaf = trees_open_path("main > [lock]", 1, 0, 5000);
    trees_object(leaf, "mutex journal", "mutex journal", 1, 0, true);
    ck_assert_str_eq(folded(78),
        "   5.0 µs 100 %         1  ╼ main › lock  mutex journal, unfinished for 5.0 µs\n");
    ck_assert_str_eq(
        folded(77), "   5.0 µs 100 %         1  ╼ main › lock  mutex journal, unfinished\n");
    ck_assert_str_eq(folded(60), "   5.0 µs 100 %         1  ╼ main › lock  unfinished\n"
                                 "                             · mutex journal\n");
    ck_assert_str_eq(folded(40), "   5.0 µs 100 %  ╼ … › lock  unfinished\n"
                                 "                   · mutex journal\n");
}
END_TEST

START_TEST(without_room_beside_the_leaf_the_line_of_its_object_says_that_a_call_is_open)
{
    trees_thread(102, "a thread with a name");
    struct tree_node *leaf = trees_open_path("[lock]", 1, 0, 5000);
    trees_object(leaf, "rwlock", "rwlock", 1, 0, true);
    ck_assert_ptr_nonnull(strstr(folded(40), "lock\n"
                                             "                   · rwlock, unfinished\n"));
}
END_TEST

START_TEST(in_a_view_the_note_of_an_open_call_has_a_line)
{
    struct tree_node *leaf = trees_open_path("main > [lock]", 1, 0, 5000);
    trees_object(leaf, "mutex m", "mutex m", 1, 0, true);
    const struct view *view = trees_view(&options);
    view->objects[0].note = strdup("held by thread 7");
    ck_assert_str_eq(folded_view(view, 0),
        "   5.0 µs 100 %         1  ╼ main › lock  mutex m, unfinished for 5.0 µs\n"
        "                             · held by thread 7\n");
    view->objects[0].open = 0;
    ck_assert_str_eq(folded_view(view, 0), "   5.0 µs 100 %         1  ╼ main › lock  mutex m, "
                                           "held by thread 7, unfinished for 5.0 µs\n");
}
END_TEST

/* ---- the table ---- */

START_TEST(a_table_has_each_object_once_for_each_leaf)
{
    trees_object(trees_path("main > a > [read]", 2, 1000), "/a", "/a", 2, 1000, false);
    trees_object(trees_path("main > b > [read]", 1, 4000), "/a", "/a", 1, 4000, false);
    trees_object(trees_path("main > b > [write]", 1, 2000), "/a", "/a", 1, 2000, false);
    trees_object(trees_open_path("main > [wait]", 1, 0, 1000), "cc1[7]", "cc1", 1, 0, true);
    ck_assert_str_eq(table(40, 0),
        "\n"
        "  waited for        time       hits   longest  leaf\n"
        "  /a              5.0 µs          3    4.0 µs  read\n"
        "  /a              2.0 µs          1    2.0 µs  write\n"
        "  cc1[7]          1.0 µs          1    1.0 µs  wait  1 unfinished\n");
    ck_assert_str_eq(table(1, 0), "\n"
                                  "  waited for        time       hits   longest  leaf\n"
                                  "  /a              5.0 µs          3    4.0 µs  read\n"
                                  "  … and 2 more: 2 hits, 3.0 µs\n");
}
END_TEST

START_TEST(a_table_fits_a_narrow_terminal)
{
    trees_object(trees_open_path("main > [pthread_mutex_lock]", 1, 0, 1000), "mutex in the table",
        "mutex", 1, 0, true);
    ck_assert_str_eq(table(40, 80),
        "\n"
        "  waited for              time       hits   longest  leaf\n"
        "  mutex in the table    1.0 µs          1    1.0 µs  pthrea…x_lock  1 unfinished\n");
    ck_assert_str_eq(table(40, 60),
        "\n"
        "  waited for        time       hits   longest  leaf\n"
        "  mutex… table    1.0 µs          1    1.0 µs  1 unfinished\n");
    ck_assert_str_eq(table(40, 59),
        "\n"
        "  waited for              time  leaf\n"
        "  mutex in the table    1.0 µs  pthrea…x_lock  1 unfinished\n");
    ck_assert_str_eq(table(40, 40), "\n"
                                    "  waited for        time  leaf\n"
                                    "  mutex… table    1.0 µs  1 unfinished\n");
}
END_TEST

START_TEST(in_a_table_waiting_for_work_comes_last)
{
    trees_object(trees_path("main > loop > [poll]", 1, 9000), "/a", "/a", 1, 9000, false);
    trees_object(trees_path("main > work > [poll]", 1, 1000), "/a", "/a", 1, 1000, false);
    options.no_idle = false;
    options.idle = PATTERNS("loop");
    ck_assert_str_eq(table(40, 0), "\n"
                                   "  waited for        time       hits   longest  leaf\n"
                                   "  /a              1.0 µs          1    1.0 µs  poll\n"
                                   "  /a              9.0 µs          1    9.0 µs  poll  idle\n");
}
END_TEST

START_TEST(a_table_of_nothing_says_so)
{
    trees_path("main > [read]", 2, 1000);
    ck_assert_str_eq(table(40, 0), "\nit is not known what was waited for\n");
}
END_TEST

/* ---- deadlocks ---- */

START_TEST(deadlocks_are_printed_with_all_that_wait)
{
    struct deadlock_wait waits[] = {{"thread 1", "mutex a", "main > lock"}, {NULL, NULL, NULL}};
    struct deadlock list[] = {{"prog[7]", waits, 2}, {NULL, waits, 1}};
    const struct deadlocks deadlocks = {list, 2, 2};
    struct printer printer = open_printer();
    deadlocks_print(&printer, NULL);
    deadlocks_print(&printer, &deadlocks);
    fclose(printer.out);
    ck_assert_str_eq(text,
        "deadlock of 2 threads in prog[7]: each waits for a lock that the next one held when the "
        "wait began\n"
        "· thread 1 waits for mutex a in main > lock\n"
        "· ? waits for ? in ?\n"
        "deadlock in ?: a thread waits for a lock that it holds itself\n"
        "· thread 1 waits for mutex a in main > lock\n");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("objects");
    TCase *objects = tcase_create("objects");
    tcase_add_checked_fixture(objects, begin, finish);
    tcase_add_test(objects, one_object_of_all_hits_stands_behind_its_leaf);
    tcase_add_test(objects, an_object_without_room_behind_its_leaf_stands_below_in_several_lines);
    tcase_add_test(objects, several_objects_stand_below_their_leaf);
    tcase_add_test(objects, a_note_without_room_behind_its_leaf_stands_below);
    tcase_add_test(objects, what_is_not_known_is_not_said_alone);
    tcase_add_test(objects, an_object_of_some_hits_stands_below_too);
    tcase_add_test(objects, the_holder_of_a_lock_has_a_line_while_the_call_is_open);
    tcase_add_test(objects, in_a_deep_tree_they_stand_in_the_column_of_their_leaf);
    tcase_add_test(objects, in_a_view_an_object_stands_behind_its_leaf);
    tcase_add_test(objects, a_long_object_is_cut_in_its_middle);
    tcase_add_test(objects, in_a_view_the_heavy_ones_and_the_rest_have_lines_with_sums);
    tcase_add_test(objects, lines_of_objects_are_not_wider_than_the_terminal);
    tcase_add_test(objects, a_rest_without_weight_is_not_said);
    tcase_add_test(objects, what_is_said_behind_the_leaf_is_not_in_the_rest);
    tcase_add_test(objects, that_a_call_is_open_is_said_rather_than_its_object);
    tcase_add_test(
        objects, without_room_beside_the_leaf_the_line_of_its_object_says_that_a_call_is_open);
    tcase_add_test(objects, in_a_view_the_note_of_an_open_call_has_a_line);
    tcase_add_test(objects, a_table_has_each_object_once_for_each_leaf);
    tcase_add_test(objects, a_table_fits_a_narrow_terminal);
    tcase_add_test(objects, in_a_table_waiting_for_work_comes_last);
    tcase_add_test(objects, a_table_of_nothing_says_so);
    tcase_add_test(objects, deadlocks_are_printed_with_all_that_wait);
    suite_add_tcase(suite, objects);
    return suite_run(suite);
}
