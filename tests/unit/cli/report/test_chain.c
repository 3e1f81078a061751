/*
 * test_chain.c - a row of functions as one line, and how it fits.
 */
// needs: cli
#include "report/chain.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/character.h"
#include "report/printer.h"
#include "suite.h"
#include "view/view.h"

#define LINKS_MAX 16

static struct view_node nodes[LINKS_MAX];
static size_t count;
static const struct glyphs *glyphs;
static char *text;

static void begin(void)
{
    memset(nodes, 0, sizeof nodes);
    count = 0;
    glyphs = &unicode_glyphs;
    text = NULL;
}

static void finish(void)
{
    free(text);
}

static struct view_node *add(const char *function)
{
    struct view_node *node = &nodes[count++];
    *node = (struct view_node){.parent = count > 1 ? node - 1 : NULL,
        .kind = VIEW_FRAME,
        .function = function,
        .module = "prog",
        .frames = 1,
        .depth = 1};
    return node;
}

static const char *chain_of(size_t columns)
{
    size_t size;
    free(text);
    struct printer printer = {.out = open_memstream(&text, &size), .glyphs = glyphs};
    chain_print(&printer, &nodes[0], &nodes[count - 1], columns);
    fclose(printer.out);
    return text;
}

static void assert_chain(size_t columns, const char *expected)
{
    ck_assert_str_eq(chain_of(columns), expected);
}

START_TEST(functions_stand_behind_each_other)
{
    add("main");
    add("work(int)")->shown_name = "work";
    add("read")->kind = VIEW_LEAF;
    assert_chain(SIZE_MAX, "main › work › read");
    glyphs = &ascii_glyphs;
    assert_chain(SIZE_MAX, "main > work > read");
}
END_TEST

START_TEST(what_is_special_about_a_function_stands_behind_it)
{
    add("main")->is_gone = true;
    add("walk")->depth = 7;
    add(NULL)->kind = VIEW_UNNAMED;
    nodes[2].frames = 3;
    add(NULL)->kind = VIEW_UNNAMED;
    nodes[3].module = NULL;
    add("loop")->is_interrupted = true;
    add("handler")->has_gap = true;
    assert_chain(SIZE_MAX, "main (goes on by a jump) › walk ×7 deep › prog (3 frames) › "
                           "generated code (1 frame) › loop (interrupted by a signal) › … › "
                           "handler");
}
END_TEST

START_TEST(functions_in_the_middle_are_left_out_first)
{
    const char *const names[] = {"main", "first", "second", "third", "fourth", "read"};
    for (size_t i = 0; i < 6; i++)
        add(names[i]);
    assert_chain(45, "main › first › second › third › fourth › read");
    assert_chain(44, "main › … › second › third › fourth › read");
    assert_chain(40, "main › … › third › fourth › read");
    assert_chain(24, "main › … › fourth › read");
    assert_chain(23, "main › … › read");
    assert_chain(15, "main › … › read");
}
END_TEST

START_TEST(then_letters_are_left_out)
{
    add("a_function_with_a_long_name");
    add("another");
    add("pthread_cond_timedwait");
    assert_chain(40, "a_funct…ong_name › … › pthread_…imedwait");
}
END_TEST

START_TEST(control_characters_are_escaped)
{
    add("ma\033in");
    add("re\nad");
    assert_chain(SIZE_MAX, "ma\\x1bin › re\\x0aad");
}
END_TEST

/* ---- any chain, any width ---- */

static uint64_t state;

static size_t random_below(size_t limit)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (size_t)(state >> 33) % limit;
}

/* Letters of one, two and three bytes, some of them wide, and one that is escaped. */
static char *random_name(void)
{
    static const char *const letters[] = {"a", "b", "_", "::", "<", ">", "é", "函", "\t", "x"};
    char *name = calloc(1, 400);
    for (size_t i = 1 + random_below(1 + random_below(60)); i > 0; i--)
        strcat(name, letters[random_below(sizeof letters / sizeof *letters)]);
    return name;
}

static void check_widths(size_t least)
{
    size_t all = character_columns(chain_of(SIZE_MAX));
    for (size_t columns = 20; columns <= 200; columns++) {
        size_t used = character_columns(chain_of(columns));
        if (used > columns && used > least)
            ck_abort_msg("%zu columns in %zu: %s", used, columns, text);
        if (columns >= all && used != all)
            ck_abort_msg("%zu columns of %zu in %zu: %s", used, all, columns, text);
    }
}

START_TEST(frames_without_names_are_left_out_first)
{
    add("commit");
    add(NULL)->kind = VIEW_UNNAMED;
    add("flush");
    nodes[1].frames = 2;
    add(NULL)->kind = VIEW_UNNAMED;
    add("fdatasync");
    assert_chain(80, "commit › prog (2 frames) › flush › prog (1 frame) › fdatasync");
    assert_chain(50, "commit › … › flush › prog (1 frame) › fdatasync");
    assert_chain(36, "commit › … › flush › … › fdatasync");
    assert_chain(25, "commit › … › fdatasync");
}
END_TEST

static void assert_below(enum view_kind kind, size_t columns, const char *expected)
{
    static struct view_node parent;
    parent.kind = kind;
    nodes[0].parent = &parent;
    assert_chain(columns, expected);
}

/* The outermost function is the same in many lines. */
START_TEST(where_one_name_has_room_it_is_the_one_that_tells)
{
    add("XactLockTableWait");
    add("ProcSleep");
    add("epoll_wait");
    assert_below(VIEW_FRAME, 26, "Xact…Wait › … › epoll_wait");
    assert_below(VIEW_FRAME, 21, "XactLockTableWait › …");
    assert_below(VIEW_FRAME, 15, "XactL…eWait › …");
    assert_below(VIEW_TOP, 21, "… › epoll_wait");
    assert_below(VIEW_TOP, 9, "… › ep…it");
}
END_TEST

START_TEST(a_chain_is_never_wider_where_it_can_fit)
{
    state = (uint64_t)_i;
    glyphs = _i % 2 ? &unicode_glyphs : &ascii_glyphs;
    size_t dots = character_columns(glyphs->dots) + 3;
    for (int round = 0; round < 20; round++) {
        char *names[LINKS_MAX];
        size_t gaps = 0;
        count = 0;
        for (size_t i = 1 + random_below(LINKS_MAX); i > 0; i--) {
            names[count] = random_name();
            struct view_node *node = add(names[count]);
            node->has_gap = random_below(5) == 0;
        }
        gaps = nodes[0].has_gap + (count > 1);
        check_widths(5 + (count > 1 ? 8 : 0) + gaps * dots);
        for (size_t i = 0; i < count; i++)
            free(names[i]);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("report_chain");
    TCase *tests = tcase_create("report_chain");
    tcase_add_checked_fixture(tests, begin, finish);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, functions_stand_behind_each_other);
    tcase_add_test(tests, what_is_special_about_a_function_stands_behind_it);
    tcase_add_test(tests, functions_in_the_middle_are_left_out_first);
    tcase_add_test(tests, then_letters_are_left_out);
    tcase_add_test(tests, control_characters_are_escaped);
    tcase_add_test(tests, frames_without_names_are_left_out_first);
    tcase_add_test(tests, where_one_name_has_room_it_is_the_one_that_tells);
    tcase_add_loop_test(tests, a_chain_is_never_wider_where_it_can_fit, 0, 20);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
