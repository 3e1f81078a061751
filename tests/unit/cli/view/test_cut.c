/*
 * test_cut.c - what is shown: by weight, within the lines, and with the rest counted.
 *
 * The last test makes many random trees and views, from a fixed seed.
 */
// needs: tests/unit/trees.c cli
#include "view/cut.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"
#include "trees.h"

/* An assertion of check notes each time where it was, which takes long if there are millions. */
#define EXPECT(condition) ((condition) ? (void)0 : ck_abort_msg("not so: %s", #condition))

static struct view_options options;

static void begin(void)
{
    options = trees_plain();
    trees_process(100, "prog");
}

static void assert_shown(const char *expected)
{
    ck_assert_str_eq(trees_text(trees_view(&options), true), expected);
}

/* ---- the choice ---- */

START_TEST(the_heaviest_are_shown)
{
    trees_path("main > a > [read]", 1, 500);
    trees_path("main > b > [read]", 1, 300);
    trees_path("main > c > [read]", 1, 200);
    options.lines = 3;
    assert_shown("main 3/1000\n  a 1/500\n    read 1/500\n  b 1/300\n    read 1/300\n");
}
END_TEST

START_TEST(what_is_below_a_share_is_counted)
{
    trees_path("main > a > [read]", 10, 900);
    trees_path("main > b > [read]", 1, 95);
    trees_path("main > c > [write]", 1, 5);
    options.min_percent = 9;
    assert_shown("main 12/1000\n  a 10/900\n    read 10/900\n  b 1/95\n    read 1/95\n");
    const struct view *view = trees_view(&options);
    ck_assert_uint_eq(view->cut_paths, 1);
    ck_assert_uint_eq(view->cut_hits, 1);
    ck_assert_uint_eq(view->cut_ns, 5);
}
END_TEST

START_TEST(what_is_below_a_time_is_counted)
{
    trees_path("main > a > [read]", 1, 900);
    trees_path("main > b > [read]", 1000, 99);
    options.min_percent = 0;
    options.min_ns = 100;
    assert_shown("main 1001/999\n  a 1/900\n    read 1/900\n");
    options.min_ns = 99;
    assert_shown("main 1001/999\n  a 1/900\n    read 1/900\n  b 1000/99\n    read 1000/99\n");
}
END_TEST

START_TEST(many_hits_matter_without_time)
{
    trees_path("main > a > [read]", 10, 1000000);
    trees_path("main > b > [read]", 990, 1);
    assert_shown("main 1000/1000001\n"
                 "  a 10/1000000\n    read 10/1000000\n"
                 "  b 990/1\n    read 990/1\n");
}
END_TEST

START_TEST(an_open_call_is_shown_however_light_it_is)
{
    trees_path("main > a > [read]", 1000, 1000000);
    trees_open_path("main > b > [read]", 1, 0, 1);
    assert_shown("main 1001/1000001 open 1:1\n"
                 "  a 1000/1000000\n    read 1000/1000000\n"
                 "  b 1/1 open 1:1\n    read 1/1 open 1:1\n");
}
END_TEST

START_TEST(idle_time_matters_less_than_time_in_work)
{
    options.no_idle = false;
    trees_path("main > aeApiPoll > [epoll_wait]", 1, 1000000);
    trees_path("main > a > [read]", 1, 40);
    trees_path("main > b > [read]", 1, 60);
    options.lines = 3;
    assert_shown("main 3/100 idle 1000000/1\n"
                 "  b 1/60\n    read 1/60\n"
                 "  a 1/40\n    read 1/40\n");
}
END_TEST

START_TEST(a_chain_takes_one_line)
{
    trees_path("main > a > b > c > d > [read]", 1, 100);
    options.lines = 1;
    assert_shown("main 1/100\n  a 1/100\n    b 1/100\n      c 1/100\n        d 1/100\n"
                 "          read 1/100\n");
}
END_TEST

START_TEST(groups_have_headings)
{
    trees_path("main > [read]", 1, 100);
    trees_thread(101, "io");
    trees_path("run > [read]", 1, 50);
    options.lines = 1;
    assert_shown("= prog[100] 1 1/100\nmain 1/100\n  read 1/100\n");
    options.lines = 2;
    assert_shown("= prog[100] 1 1/100\nmain 1/100\n  read 1/100\n"
                 "= prog[100] 1 thread 101 \"io\" 1 1/50\nrun 1/50\n  read 1/50\n");
}
END_TEST

START_TEST(without_times_hits_decide)
{
    int count;
    trees_path("main > a > [read]", 1, 0);
    trees_path("main > b > [read]", 99, 0);
    trees_processes(&count)->has_times = false;
    options.min_percent = 2;
    assert_shown("main 100/0\n  b 99/0\n    read 99/0\n");
    ck_assert_uint_eq(trees_view(&options)->cut_hits, 1);
}
END_TEST

START_TEST(what_is_not_shown_has_a_line_where_it_matters)
{
    trees_path("main > a > [read]", 10000, 970);
    for (int i = 0; i < 10; i++) {
        char path[60];
        snprintf(path, sizeof path, "main > a > f%d > [write]", i);
        trees_path(path, 2, 9);
        snprintf(path, sizeof path, "main > b > f%d > [write]", i);
        trees_path(path, 2, i == 0 ? 60 : 0);
    }
    const struct view_node *node = trees_view(&options)->groups[0].top->first_child;
    const struct view_node *a = node->first_child, *b = a->next_sibling;
    size_t count;
    ck_assert_str_eq(a->function, "a");
    ck_assert(a->has_rest);
    struct view_node rest = cut_rest(a, &count);
    ck_assert_uint_eq(count, 10);
    ck_assert_uint_eq(rest.paths, 10);
    ck_assert_uint_eq(rest.hits, 20);
    ck_assert_uint_eq(rest.time_ns, 90);
    ck_assert(!node->has_rest);
    ck_assert(!b->has_rest);
    options.lines = 4;
    node = trees_view(&options)->groups[0].top->first_child;
    ck_assert(!node->first_child->has_rest);
}
END_TEST

START_TEST(the_rest_of_a_chain_has_no_line)
{
    trees_path("main > a > [read]", 10000, 960);
    for (int i = 0; i < 10; i++) {
        char path[60];
        snprintf(path, sizeof path, "main > f%d > [write]", i);
        trees_path(path, 1, 4);
    }
    ck_assert(!trees_view(&options)->groups[0].top->first_child->has_rest);
    options.places = true;
    ck_assert(trees_view(&options)->groups[0].top->first_child->has_rest);
}
END_TEST

START_TEST(without_limits_all_is_shown)
{
    options.lines = SIZE_MAX;
    options.min_percent = 0;
    for (int i = 0; i < 200; i++) {
        char path[40];
        snprintf(path, sizeof path, "main > f%d > [read]", i);
        trees_path(path, 1, (uint64_t)i);
    }
    const struct view *view = trees_view(&options);
    ck_assert_uint_eq(view->groups[0].top->first_child->shown_children, 200);
    ck_assert_uint_eq(view->cut_paths, 0);
    ck_assert_uint_eq(view->cut_hits, 0);
}
END_TEST

START_TEST(a_line_goes_on_only_with_nearly_all)
{
    trees_path("main > a > [read]", 1, 96);
    trees_path("main > b > [read]", 1, 4);
    options.min_percent = 50;
    const struct view_node *node = trees_view(&options)->groups[0].top->first_child;
    ck_assert(cut_continues_line(cut_next_child(node, NULL)));
    trees_path("main > b > [read]", 0, 10);
    node = trees_view(&options)->groups[0].top->first_child;
    ck_assert(!cut_continues_line(cut_next_child(node, NULL)));
    ck_assert_ptr_null(cut_next_child(node, cut_next_child(node, NULL)));
}
END_TEST

/* ---- random trees ---- */

static uint64_t state;

/* xorshift64*: Vigna, "An experimental exploration of Marsaglia's xorshift generators" (2016). */
static uint64_t random_below(uint64_t limit)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (state * UINT64_C(2685821657736338717) >> 33) % limit;
}

static const char *choose(const char *const *list)
{
    size_t count = 0;
    while (list[count])
        count++;
    return list[random_below(count)];
}

/* Powers of ten, so that there are heavy and light ones. */
static uint64_t random_number(void)
{
    uint64_t number = random_below(10);
    for (uint64_t power = random_below(8); power > 0; power--)
        number *= 10;
    return number;
}

static void add_random_path(void)
{
    static const char *const parts[] = {"a", "b", "c#1", "c#2", "d@libc.so.6", "e@libc.so.6", "?1",
        "?2@libx.so", "?3@libx.so", "aeApiPoll", "pq_getbyte@postgres", "std::thread::run()",
        "[usleep]", "[poll]", NULL};
    static const char *const leaves[] = {"[read]", "[write]", "[nanosleep]", "[poll]", NULL};
    char path[400] = "main";
    for (uint64_t i = random_below(9); i > 0; i--) {
        strcat(path, " > ");
        strcat(path, choose(parts));
    }
    strcat(path, " > ");
    strcat(path, choose(leaves));
    uint64_t hits = 1 + random_number();
    if (random_below(12) == 0)
        trees_open_path(path, hits, random_number(), random_number());
    else
        trees_path(path, hits, random_number());
}

/* A leaf in the middle of a path has hits too, mostly. */
static void fill_in_leaves(struct tree_node *node)
{
    if (node->is_leaf && node->leaf->hits == 0 && random_below(8)) {
        node->leaf->hits = node->leaf->returns = 1 + random_below(5);
        node->leaf->total_ns = random_below(3) ? random_number() : 0;
    }
    for (struct tree_node *child = node->first_child; child; child = child->next_sibling)
        fill_in_leaves(child);
}

static void make_random_trees(void)
{
    static const char *const programs[] = {"prog", "other", NULL};
    static const char *const threads[] = {"prog", "io-1", "io-2", "cpu", NULL};
    trees_clear();
    for (int i = 0; i < 1 + (int)random_below(4); i++) {
        struct tree_process *process = trees_process(100 * (i + 1), choose(programs));
        process->has_times = random_below(10) > 0;
        for (uint64_t k = random_below(4); k > 0; k--) {
            for (uint64_t paths = random_below(40); paths > 0; paths--)
                add_random_path();
            trees_thread(101 + (int)k, choose(threads));
        }
        for (uint64_t paths = random_below(40); paths > 0; paths--)
            add_random_path();
        for (size_t k = 0; k < process->thread_count; k++)
            fill_in_leaves(process->threads[k].top);
    }
}

static const char *const some[] = {"a", "c", "d", "aeApiPoll", "usleep", NULL};

static struct view_patterns random_patterns(int chance)
{
    static const char *list[TREES_THREADS];
    static size_t used;
    used = (used + 1) % TREES_THREADS;
    list[used] = choose(some);
    return (struct view_patterns){&list[used], random_below((uint64_t)chance) == 0};
}

/* Options that leave the totals as they are. */
static void choose_random_options(void)
{
    options = view_options_default;
    options.hide = random_patterns(3);
    options.merge = random_patterns(4);
    options.idle = random_patterns(4);
    options.internals = random_below(2);
    options.no_idle = random_below(3) == 0 && options.idle.count == 0;
    options.sites = random_below(3) == 0;
    options.inverts = random_below(3) == 0;
    options.apart_threads = random_below(3) == 0;
    options.apart_processes = random_below(3) == 0;
    options.full_names = random_below(2);
    options.sort = (enum view_sort)random_below(3);
    options.lines = random_below(4) ? 1 + random_below(60) : SIZE_MAX;
    options.min_ns = random_below(3) ? 0 : random_number();
    options.min_percent = random_below(3) ? (double)random_below(20) : 0;
}

/* ---- what is drawn ---- */

struct drawn {
    uint64_t hits, paths, ns, idle_ns;
};

static void add_whole(struct drawn *drawn, const struct view_node *node)
{
    drawn->hits += node->hits;
    drawn->paths += node->paths;
    drawn->ns += node->time_ns;
    drawn->idle_ns += node->idle_ns;
}

/* What is not shown of the children is what the node has besides. */
static void check_rest(const struct view_node *node, const struct drawn *children)
{
    size_t count;
    struct view_node rest = cut_rest(node, &count);
    bool has_all_time = node->inner_ns || node->inner_idle_ns;
    EXPECT(count > 0 || !node->has_rest);
    EXPECT(rest.hits + node->own_hits + children->hits == node->hits);
    EXPECT(rest.paths + (node->own_hits > 0) + children->paths == node->paths);
    if (!has_all_time)
        EXPECT(rest.time_ns + rest.idle_ns + node->own_ns + children->ns + children->idle_ns ==
               node->time_ns + node->idle_ns);
}

/* Adds what the drawing says of the node and of what is below it: lines without others below them
 * have all, the others what is their own. */
static void add_drawn(struct drawn *drawn, const struct view_node *node)
{
    struct drawn below = {0}, shown = {0};
    EXPECT(node->parent == NULL || node->parent->is_shown);
    size_t children = 0;
    for (const struct view_node *child = cut_next_child(node, NULL); child;
         child = cut_next_child(node, child)) {
        add_drawn(&below, child);
        add_whole(&shown, child);
        children++;
    }
    EXPECT(children == node->shown_children);
    if (children == 0) {
        add_whole(drawn, node);
        return;
    }
    bool has_all_time = node->inner_ns || node->inner_idle_ns;
    uint64_t own_ns = node->is_idle ? 0 : node->own_ns;
    check_rest(node, &shown);
    drawn->hits += below.hits + node->own_hits;
    drawn->paths += below.paths + (node->own_hits > 0);
    drawn->ns += has_all_time ? node->time_ns : below.ns + own_ns;
    drawn->idle_ns += has_all_time ? node->idle_ns : below.idle_ns + node->own_ns - own_ns;
}

static void check_shown_and_counted(const struct view *view)
{
    struct drawn drawn = {0};
    for (size_t i = 0; i < view->group_count; i++)
        if (view->groups[i].top->is_shown)
            add_drawn(&drawn, view->groups[i].top);
    EXPECT(drawn.hits + view->cut_hits == view->hits);
    EXPECT(drawn.paths + view->cut_paths == view->paths);
    EXPECT(drawn.ns + view->cut_ns == view->time_ns);
    EXPECT(drawn.idle_ns + view->cut_idle_ns == view->idle_ns);
}

/* Counts lines as they are drawn: one for each shown node that does not go on behind its parent. */
static size_t count_drawn_lines(
    const struct view *view, const struct view_group *group, const struct view_node *node)
{
    bool is_top = node->kind == VIEW_TOP;
    bool has_heading = cut_has_heading(view, group);
    bool parent_has_line = !is_top && (node->parent->kind != VIEW_TOP || has_heading);
    size_t lines = is_top ? has_heading : !(parent_has_line && cut_continues_line(node));
    lines += node->has_rest;
    for (const struct view_node *child = cut_next_child(node, NULL); child;
         child = cut_next_child(node, child))
        lines += count_drawn_lines(view, group, child);
    return lines;
}

static void check_lines(const struct view *view)
{
    size_t lines = 0;
    for (size_t i = 0; i < view->group_count; i++)
        if (view->groups[i].top->is_shown)
            lines += count_drawn_lines(view, &view->groups[i], view->groups[i].top);
    EXPECT(lines <= options.lines);
}

/* No node weighs more than its parent, except within a leaf, and siblings are in order. */
static void check_order(const struct view_node *node)
{
    EXPECT(node->kind == VIEW_TOP || node->hits > 0);
    const struct view_node *former = NULL;
    for (const struct view_node *child = node->first_child; child; child = child->next_sibling) {
        EXPECT(child->hits <= node->hits);
        EXPECT(node->kind == VIEW_LEAF || child->time_ns <= node->time_ns);
        if (former && options.sort == VIEW_BY_TIME)
            EXPECT(former->time_ns >= child->time_ns);
        if (former && options.sort == VIEW_BY_HITS)
            EXPECT(former->hits >= child->hits);
        former = child;
        check_order(child);
    }
    EXPECT(node->last_child == former);
}

static void check_totals(const struct view *view)
{
    int count;
    uint64_t hits = 0, ns = 0, leaf_hits = 0;
    const struct tree_process *processes = trees_processes(&count);
    for (int i = 0; i < count; i++) {
        hits += processes[i].hits;
        ns += processes[i].waiting_ns;
    }
    for (size_t i = 0; i < view->leaf_count; i++)
        leaf_hits += view->leaves[i].hits;
    EXPECT(view->hits == hits);
    EXPECT(view->time_ns + view->idle_ns == ns);
    EXPECT(leaf_hits == hits);
    EXPECT(view->dropped_hits == 0);
}

static void check_view(void)
{
    const struct view *view = trees_view(&options);
    check_totals(view);
    check_shown_and_counted(view);
    check_lines(view);
    for (size_t i = 0; i < view->group_count; i++)
        check_order(view->groups[i].top);
}

static void drop_at_random(void)
{
    options.under = random_patterns(4);
    options.through = random_patterns(4);
    options.without = random_patterns(4);
    static const char *const read_only[] = {"read"};
    options.leaves = (struct view_patterns){read_only, random_below(3) == 0};
}

/* What is dropped depends on nothing but the options that drop. */
static void check_drops(void)
{
    struct view_options plain = trees_plain();
    drop_at_random();
    plain.under = options.under;
    plain.through = options.through;
    plain.without = options.without;
    plain.leaves = options.leaves;
    const struct view *view = trees_view(&plain);
    uint64_t hits = view->hits, ns = view->time_ns, dropped = view->dropped_hits;
    view = trees_view(&options);
    EXPECT(view->hits == hits);
    EXPECT(view->dropped_hits == dropped);
    EXPECT(view->time_ns + view->idle_ns == ns);
    check_shown_and_counted(view);
    check_lines(view);
}

START_TEST(of_random_views_shown_and_counted_is_all)
{
    state = 0x5eed + (uint64_t)_i;
    for (int tree = 0; tree < 50; tree++) {
        make_random_trees();
        for (int i = 0; i < 12; i++) {
            choose_random_options();
            check_view();
            check_drops();
        }
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("view_cut");
    TCase *tests = tcase_create("view_cut");
    tcase_add_checked_fixture(tests, begin, trees_clear);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, the_heaviest_are_shown);
    tcase_add_test(tests, what_is_below_a_share_is_counted);
    tcase_add_test(tests, what_is_below_a_time_is_counted);
    tcase_add_test(tests, many_hits_matter_without_time);
    tcase_add_test(tests, an_open_call_is_shown_however_light_it_is);
    tcase_add_test(tests, idle_time_matters_less_than_time_in_work);
    tcase_add_test(tests, a_chain_takes_one_line);
    tcase_add_test(tests, groups_have_headings);
    tcase_add_test(tests, without_times_hits_decide);
    tcase_add_test(tests, what_is_not_shown_has_a_line_where_it_matters);
    tcase_add_test(tests, the_rest_of_a_chain_has_no_line);
    tcase_add_test(tests, without_limits_all_is_shown);
    tcase_add_test(tests, a_line_goes_on_only_with_nearly_all);
    tcase_add_loop_test(tests, of_random_views_shown_and_counted_is_all, 0, 10);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
