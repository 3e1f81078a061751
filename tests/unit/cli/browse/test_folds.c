/*
 * test_folds.c - what was folded and unfolded is done again in another view.
 */
// needs: cli
#include "browse/watch/folds.h"

#include "browse/lines.h"
#include "some_view.h"
#include "suite.h"

static struct folds folds;
static struct view_node *main_node, *serve, *read_node, *parse;

/* A view in which nothing but the outermost function is shown. */
static void make_view(bool has_serve)
{
    begin_view(1);
    main_node = add(groups[0].top, "main", 100, 100);
    serve = has_serve ? add(main_node, "serve", 50, 50) : NULL;
    read_node = has_serve ? add(serve, "read", 50, 50) : NULL;
    if (has_serve)
        add(serve, "write", 10, 10);
    parse = add(main_node, "parse", 20, 20);
    add(parse, "read", 20, 20);
    add(parse, "write", 20, 20);
    lines_begin(&view);
}

static void begin(void)
{
    folds = (struct folds){.count = 0};
    make_view(true);
}

static void finish(void)
{
    folds_finish(&folds);
}

START_TEST(each_kind_is_done_again)
{
    folds_note(&folds, FOLD_ALL_OPEN, &groups[0], main_node);
    folds_note(&folds, FOLD_CLOSED, &groups[0], parse);
    make_view(true);
    folds_apply(&folds, &view);
    ck_assert(read_node->is_shown);
    ck_assert(lines_is_folded(parse));
    make_view(true);
    folds_finish(&folds);
    folds_note(&folds, FOLD_REVEALED, &groups[0], read_node);
    make_view(true);
    folds_apply(&folds, &view);
    ck_assert(read_node->is_shown);
    ck_assert(lines_is_folded(parse));
    folds_note(&folds, FOLD_OPEN, &groups[0], parse);
    make_view(true);
    folds_apply(&folds, &view);
    ck_assert(!lines_is_folded(parse));
}
END_TEST

START_TEST(what_was_done_last_counts)
{
    folds_note(&folds, FOLD_OPEN, &groups[0], main_node);
    folds_note(&folds, FOLD_CLOSED, &groups[0], main_node);
    ck_assert_uint_eq(folds.count, 1);
    make_view(true);
    folds_apply(&folds, &view);
    ck_assert(!parse->is_shown);
}
END_TEST

START_TEST(a_node_that_comes_again_is_as_it_was)
{
    folds_note(&folds, FOLD_OPEN, &groups[0], serve);
    make_view(false);
    folds_apply(&folds, &view);
    ck_assert(lines_is_folded(main_node) || parse->is_shown);
    ck_assert(lines_is_folded(parse));
    make_view(true);
    folds_apply(&folds, &view);
    ck_assert(read_node->is_shown);
}
END_TEST

START_TEST(the_oldest_are_forgotten)
{
    static char names[1200][16];
    begin_view(1);
    for (int i = 0; i < 1200; i++) {
        snprintf(names[i], sizeof names[i], "f%d", i);
        struct view_node node = {.parent = groups[0].top, .kind = VIEW_FRAME, .function = names[i]};
        folds_note(&folds, FOLD_OPEN, &groups[0], &node);
    }
    ck_assert_uint_eq(folds.count, 1000);
    ck_assert_str_eq(folds.list[0].trail.steps[0].function, "f200");
    ck_assert_str_eq(folds.list[999].trail.steps[0].function, "f1199");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("folds");
    TCase *tests = tcase_create("folds");
    tcase_add_checked_fixture(tests, begin, finish);
    tcase_add_test(tests, each_kind_is_done_again);
    tcase_add_test(tests, what_was_done_last_counts);
    tcase_add_test(tests, a_node_that_comes_again_is_as_it_was);
    tcase_add_test(tests, the_oldest_are_forgotten);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
