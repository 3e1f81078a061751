/*
 * test_sort.c - the order of a view's nodes, which can be changed, and which nodes it has.
 */
// needs: cli
#include "view/build.h"

#include <stdlib.h>
#include <string.h>

#include "suite.h"
#include "tree/tree.h"

static struct tree_node nodes[32];
static struct tree_leaf counted[32]; /* of the node of the same index */
static size_t node_count;
static struct tree_node top;
static struct tree_thread thread;
static struct tree_process process;
static struct view_options options;
static struct view_builder *builder;

static struct tree_node *add(struct tree_node *parent, const char *function)
{
    struct tree_node *node = &nodes[node_count++];
    *node = (struct tree_node){.parent = parent, .function = function, .module = "program"};
    if (parent->last_child)
        parent->last_child->next_sibling = node;
    else
        parent->first_child = node;
    parent->last_child = node;
    return node;
}

static void add_leaf(struct tree_node *parent, const char *name, uint64_t hits, uint64_t ns)
{
    struct tree_node *leaf = add(parent, name);
    leaf->is_leaf = true;
    leaf->leaf = &counted[leaf - nodes];
    *leaf->leaf = (struct tree_leaf){.hits = hits, .returns = hits, .total_ns = ns};
}

static void begin(void)
{
    node_count = 0;
    top = (struct tree_node){.parent = NULL};
    thread = (struct tree_thread){
        .tid = 1, .name = "main", .is_main = true, .top = &top, .hits = 1};
    process = (struct tree_process){.pid = 1,
        .has_times = true,
        .program = "/bin/program",
        .command = "program",
        .title = "",
        .threads = &thread,
        .thread_count = 1,
        .hits = 1};
    options = view_options_default;
}

static void finish(void)
{
    view_destroy(builder);
}

static const struct view *make(void)
{
    ck_assert_int_eq(view_begin(&builder, &options), 0);
    ck_assert_int_eq(view_add(builder, &process), 0);
    return view_end(builder);
}

static void expect_children(const struct view_node *parent, const char *expected)
{
    char text[200] = "";
    for (const struct view_node *child = parent->first_child; child; child = child->next_sibling) {
        strcat(text, child->function);
        strcat(text, child->next_sibling ? " " : "");
        ck_assert(child->next_sibling || child == parent->last_child);
    }
    ck_assert_str_eq(text, expected);
}

START_TEST(nodes_are_sorted_anew)
{
    struct tree_node *root = add(&top, "main");
    add_leaf(root, "often", 100, 10);
    add_leaf(root, "short", 2, 5);
    add_leaf(root, "long", 1, 1000);
    const struct view_node *shown = make()->groups[0].top->first_child;
    expect_children(shown, "long often short");
    view_sort(builder, VIEW_BY_ORDER);
    expect_children(shown, "often short long");
    view_sort(builder, VIEW_BY_HITS);
    expect_children(shown, "often short long");
    view_sort(builder, VIEW_BY_TIME);
    expect_children(shown, "long often short");
}
END_TEST

START_TEST(a_function_whose_hits_are_all_of_a_recursion_is_left_out)
{
    struct tree_node *f = add(&top, "f");
    add_leaf(f, "read", 1, 10);
    add_leaf(add(add(f, "g"), "f"), "read", 1, 10);
    const struct view_node *shown = make()->groups[0].top->first_child;
    expect_children(shown, "read");
    ck_assert_uint_eq(shown->hits, 2);
    ck_assert_uint_eq(shown->depth, 2);
}
END_TEST

START_TEST(nodes_that_are_not_shown_have_names_if_wanted)
{
    struct tree_node *root = add(&top, "main()");
    add_leaf(root, "read", 1000, 1000000);
    add_leaf(add(root, "cache::look(int)"), "write", 1, 1);
    options.every_name = true;
    const struct view_node *hidden = make()->groups[0].top->first_child->last_child;
    ck_assert(!hidden->is_shown);
    ck_assert_str_eq(hidden->shown_name, "cache::look");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sort");
    TCase *tests = tcase_create("sort");
    tcase_add_checked_fixture(tests, begin, finish);
    tcase_add_test(tests, nodes_are_sorted_anew);
    tcase_add_test(tests, a_function_whose_hits_are_all_of_a_recursion_is_left_out);
    tcase_add_test(tests, nodes_that_are_not_shown_have_names_if_wanted);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
