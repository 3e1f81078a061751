/*
 * test_objects.c - what the calls of a tree's leaves have waited for, from a trace.
 */
// needs: cli
#include "tree/objects.h"

#include <string.h>

#include "../../../trace_builder.h"
#include "objects/labels.h"
#include "suite.h"
#include "symbols/symbols.h"
#include "trace/file.h"
#include "trace/snapshot.h"
#include "tree/build.h"

static struct trace_builder builder;
static struct snapshot *snapshot;
static struct symbols *symbols;
static struct labels *labels;
static struct tree_process *process;
static trace_index leaf, module;

static trace_index find_record(uint32_t kind)
{
    trace_index i = TRACE_FIRST_RECORD;
    while (builder.records[i].kind != kind)
        i++;
    return i;
}

static void begin(void)
{
    trace_build_sample(&builder);
    leaf = find_record(TRACE_LEAF);
    module = find_record(TRACE_MODULE);
}

static void finish(void)
{
    tree_destroy(process);
    labels_destroy(labels);
    symbols_destroy(symbols);
    snapshot_destroy(snapshot);
}

static const struct tree_node *make_tree(bool wants_notes)
{
    const char *why;
    const struct path_style style = {"main", " > ", "...", NULL};
    ck_assert_int_eq(snapshot_parse(&builder, trace_size(&builder), &snapshot, &why), 0);
    symbols = symbols_create();
    labels = labels_create(&snapshot, 1, symbols, &style, NULL);
    const struct tree_options options = {
        .root = "main", .root_is_default = true, .labels = labels, .wants_notes = wants_notes};
    process = tree_create(snapshot, symbols, &options);
    const struct tree_node *node = process->threads[0].top;
    while (!node->is_leaf)
        node = node->first_child;
    return node;
}

START_TEST(a_leaf_has_its_objects_with_the_open_one_first)
{
    size_t count;
    trace_build_objects(&builder, leaf, module);
    const struct tree_node *node = make_tree(true);
    const struct tree_object *objects = tree_objects_of(&process->threads[0], node, &count);
    ck_assert_uint_eq(count, 3);
    ck_assert_str_eq(objects[0].text, "mutex prog+0x4040");
    ck_assert_str_eq(objects[0].kind, "mutex");
    ck_assert_str_eq(objects[0].note, "held by thread 101 \"worker\"");
    ck_assert_uint_eq(objects[0].hits - objects[0].returns, 1);
    ck_assert_str_eq(objects[1].text, "TCP 127.0.0.1:5432");
    ck_assert_uint_eq(objects[1].total_ns, 400);
    ck_assert_str_eq(objects[2].text, "/var/log/x");
    ck_assert_ptr_null(objects[2].note);
    ck_assert_ptr_null(tree_objects_of(&process->threads[0], node->parent, &count));
    ck_assert_ptr_null(tree_objects_of(&process->threads[1], node, &count));
}
END_TEST

START_TEST(what_let_a_call_go_is_named_and_in_no_tree)
{
    size_t count;
    struct trace_object *object = trace_add_object(&builder, TRACE_OBJECT_MUTEX, NULL);
    trace_index waker = trace_add_waker(&builder, leaf, "pthread_mutex_unlock");
    builder.records[waker].node.hits = 9;
    trace_add_object_calls(&builder, leaf, object, 1, 300)->ended_by = waker;
    const struct tree_node *node = make_tree(true);
    const struct tree_object *objects = tree_objects_of(&process->threads[0], node, &count);
    ck_assert_uint_eq(count, 1);
    ck_assert_str_eq(objects->note, "let go by pthread_mutex_unlock");
    ck_assert_str_eq(node->function, "read");
    ck_assert_ptr_null(node->next_sibling);
    ck_assert_uint_eq(process->threads[0].hits, 3);
    ck_assert_uint_eq(process->leaf_count, 2);
}
END_TEST

START_TEST(the_objects_of_a_thread_are_there_with_its_tree)
{
    trace_build_objects(&builder, leaf, module);
    make_tree(false);
    tree_destroy(process);
    const struct tree_options options = {
        .root = "main", .root_is_default = true, .labels = labels, .wants_notes = true};
    process = tree_open(snapshot, symbols, &options);
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(tree_show(process, 0), 0);
        ck_assert_uint_eq(process->threads[0].object_count, 3);
        ck_assert_int_eq(tree_show(process, 1), 0);
        ck_assert_uint_eq(process->threads[0].object_count, 0);
    }
}
END_TEST

START_TEST(two_records_of_one_object_are_one)
{
    size_t count;
    for (int i = 0; i < 2; i++) {
        struct trace_object *object = trace_add_object(&builder, TRACE_OBJECT_FILE, "/var/log/x");
        trace_add_object_calls(&builder, leaf, object, 1, 300);
    }
    const struct tree_node *node = make_tree(false);
    const struct tree_object *objects = tree_objects_of(&process->threads[0], node, &count);
    ck_assert_uint_eq(count, 1);
    ck_assert_uint_eq(objects->hits, 2);
    ck_assert_uint_eq(objects->total_ns, 600);
}
END_TEST

START_TEST(objects_without_calls_and_those_that_are_not_wanted_are_left_out)
{
    size_t count;
    struct trace_object *object = trace_add_object(&builder, TRACE_OBJECT_FILE, "/var/log/x");
    trace_add_object_calls(&builder, leaf, object, 0, 0);
    const struct tree_node *node = make_tree(false);
    ck_assert_ptr_null(tree_objects_of(&process->threads[0], node, &count));
    tree_destroy(process);
    snapshot->objects.calls[0].hits = 1;
    process = tree_create(
        snapshot, symbols, &(struct tree_options){.root = "main", .root_is_default = true});
    ck_assert_uint_eq(process->threads[0].object_count, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("objects");
    TCase *objects = tcase_create("objects");
    tcase_add_checked_fixture(objects, begin, finish);
    tcase_add_test(objects, a_leaf_has_its_objects_with_the_open_one_first);
    tcase_add_test(objects, what_let_a_call_go_is_named_and_in_no_tree);
    tcase_add_test(objects, the_objects_of_a_thread_are_there_with_its_tree);
    tcase_add_test(objects, two_records_of_one_object_are_one);
    tcase_add_test(objects, objects_without_calls_and_those_that_are_not_wanted_are_left_out);
    suite_add_tcase(suite, objects);
    return suite_run(suite);
}
