/* test_tree.c - the nodes of a path, and the trace file that holds them. */
// needs: preload/trace/tree.c preload/trace/segment.c preload/base/kernel.c preload/base/pool.c
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "trace/segment.h"
#include "trace/tree.h"
#include "segment_fixture.h"
#include "suite.h"

static struct tree tree;

static void set_up(void)
{
    segment_set_up();
    tree = (struct tree){.segment = &segment, .thread = 77};
}

static void tear_down(void)
{
    char path[512];
    DIR *entries = opendir(directory);
    tree_finish(&tree);
    segment_forget(&segment);
    for (struct dirent *entry; (entry = readdir(entries));) {
        snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
        unlink(path);
    }
    closedir(entries);
    rmdir(directory);
}

/* A node and the path that leads to it. */
struct place {
    trace_index node;
    struct tree_path path;
};

static const struct place outermost = {0, {0, 0}};

static struct tree_step frame(uint64_t address)
{
    return (struct tree_step){.module = 5, .kind = TRACE_FRAME, .address = address};
}

/* Finds or makes what continues `caller`, as stack.c does. */
static struct place enter(
    struct tree *in, struct place caller, struct tree_step step, unsigned flags)
{
    struct place to = {0, tree_extend(caller.path, tree_word(&step))};
    to.node = step.kind == TRACE_LEAF ? tree_find_leaf(in, to.path)
                                      : tree_find_frame(in, caller.node, &step, to.path);
    if (to.node)
        return to;
    trace_index index = segment_claim(
        in->segment, step.kind == TRACE_LEAF ? TRACE_LEAF_RECORDS : 1);
    if (index && tree_make(in, index, to.path, caller.node, &step, flags))
        to.node = index;
    return to;
}

START_TEST(the_same_path_twice_is_one_node)
{
    struct place node = enter(&tree, outermost, frame(0x1234), 0);
    ck_assert_uint_ne(node.node, 0);
    ck_assert_uint_eq(enter(&tree, outermost, frame(0x1234), 0).node, node.node);
    ck_assert_uint_eq(tree.count, 1);
}
END_TEST

START_TEST(what_differs_in_anything_is_another_node)
{
    struct place node = enter(&tree, outermost, frame(0x1234), 0);
    struct {
        struct place caller;
        struct tree_step step;
    } others[] = {
        {node, {{5}, TRACE_FRAME, {0x1234}}},
        {outermost, {{6}, TRACE_FRAME, {0x1234}}},
        {outermost, {{5}, TRACE_FRAME, {0x1235}}},
        {outermost, {{5}, TRACE_INTERRUPTED, {0x1234}}},
        {outermost, {{5}, TRACE_LEAF, {0x1234}}},
    };
    size_t count = sizeof others / sizeof *others;
    trace_index nodes[sizeof others / sizeof *others];
    for (size_t i = 0; i < count; i++) {
        nodes[i] = enter(&tree, others[i].caller, others[i].step, 0).node;
        ck_assert_uint_ne(nodes[i], node.node);
        for (size_t j = 0; j < i; j++)
            ck_assert_uint_ne(nodes[i], nodes[j]);
    }
    for (size_t i = 0; i < count; i++)
        ck_assert_uint_eq(enter(&tree, others[i].caller, others[i].step, 0).node, nodes[i]);
    ck_assert_uint_eq(tree.count, 6);
}
END_TEST

START_TEST(a_node_says_what_it_was_made_of)
{
    trace_index index = enter(&tree, outermost, frame(0xabcdef), TRACE_END_OF_STACK).node;
    const struct trace_node *node = &segment_record(&segment, index)->node;
    ck_assert_uint_eq(node->kind, TRACE_FRAME);
    ck_assert_uint_eq(node->caller, 0);
    ck_assert_uint_eq(node->module, 5);
    ck_assert_uint_eq(node->thread, 77);
    ck_assert_uint_eq(node->address, 0xabcdef);
    ck_assert_uint_eq(node->flags, TRACE_END_OF_STACK);
}
END_TEST

/* The first child of each lies right behind it, and is not in the hash. */
START_TEST(a_chain_that_lies_in_a_row_takes_no_room_in_the_hash)
{
    struct place at = outermost;
    for (uint64_t i = 0; i < 1000; i++)
        at = enter(&tree, at, frame(i), 0);
    ck_assert_uint_eq(tree.count, 1000);
    ck_assert_uint_eq(tree.hashed, 1);
    at = outermost;
    for (uint64_t i = 0; i < 1000; i++)
        at = enter(&tree, at, frame(i), 0);
    ck_assert_uint_eq(tree.count, 1000);
}
END_TEST

/* What lies behind a node may be another thread's: same step, but not a child of ours. */
START_TEST(a_record_right_behind_that_has_another_caller_is_not_taken)
{
    struct place parent = enter(&tree, outermost, frame(1), 0);
    struct tree other = {.segment = &segment, .thread = 78};
    struct place stranger = enter(&other, outermost, frame(2), 0);
    ck_assert_uint_eq(stranger.node, parent.node + 1);
    struct place child = enter(&tree, parent, frame(2), 0);
    ck_assert_uint_ne(child.node, stranger.node);
    ck_assert_uint_eq(enter(&tree, parent, frame(2), 0).node, child.node);
    tree_finish(&other);
}
END_TEST

START_TEST(a_hundred_thousand_children_are_all_found_again)
{
    struct place parent = enter(&tree, outermost, frame(1), 0);
    const uint32_t children = 100000;
    trace_index *nodes = calloc(children, sizeof *nodes);
    for (uint32_t i = 0; i < children; i++) {
        nodes[i] = enter(&tree, parent, frame(0x1000 + i), 0).node;
        ck_assert_uint_ne(nodes[i], 0);
        /* While the hash grows, what is in the old table is found as well. */
        ck_assert_uint_eq(enter(&tree, parent, frame(0x1000 + i / 2), 0).node, nodes[i / 2]);
    }
    ck_assert_uint_eq(tree.count, children + 1);
    for (uint32_t i = 0; i < children; i++)
        ck_assert_uint_eq(enter(&tree, parent, frame(0x1000 + i), 0).node, nodes[i]);
    ck_assert_uint_eq(tree.count, children + 1);
    free(nodes);
}
END_TEST

/* Paths that differ in one bit of one step, at any depth, or in the order of two steps. */
START_TEST(paths_that_differ_little_have_different_hashes)
{
    enum { DEPTH = 32, BITS = 32 };
    static struct tree_path seen[DEPTH * (BITS + 1)];
    size_t count = 0;
    for (unsigned at = 0; at < DEPTH; at++) {
        for (unsigned bit = 0; bit <= BITS; bit++) {
            struct tree_path path = {0, 0};
            for (unsigned i = 0; i < DEPTH; i++) {
                unsigned place = i, next = (at + 1) % DEPTH;
                if (bit == BITS && (i == at || i == next))
                    place = i == at ? next : at;
                struct tree_step step = frame(0x1000 + 0x40 * place);
                if (bit < BITS && i == at)
                    step.address ^= UINT64_C(1) << bit;
                path = tree_extend(path, tree_word(&step));
            }
            for (size_t i = 0; i < count; i++) {
                ck_assert_uint_ne(seen[i].low, path.low);
                ck_assert_uint_ne(seen[i].high >> 32, path.high >> 32);
            }
            seen[count++] = path;
        }
    }
}
END_TEST

START_TEST(text_longer_than_a_record_is_kept_whole)
{
    char text[1000];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)('a' + i % 26);
    struct trace_string string = segment_text(&segment, text, sizeof text);
    ck_assert_uint_eq(string.length, sizeof text);
    for (size_t i = 0; i < sizeof text; i++) {
        const union trace_record *record = segment_record(&segment, string.first + i / 56);
        ck_assert_uint_eq(record->kind, TRACE_TEXT);
        ck_assert_int_eq(record->text.bytes[i % 56], text[i]);
    }
}
END_TEST

START_TEST(the_file_is_private_and_a_second_one_has_its_own_name)
{
    struct segment second = {0};
    struct stat status;
    ck_assert_int_eq(segment_create(&second, directory, 42, 0, NULL), 0);
    ck_assert_str_ne(second.path, segment.path);
    ck_assert_int_eq(stat(second.path, &status), 0);
    ck_assert_uint_eq(status.st_mode & 0777, 0600);
    segment_forget(&second);
}
END_TEST

START_TEST(a_symlink_in_the_way_is_not_followed)
{
    char path[512], victim[512];
    struct segment second = {0};
    struct stat status;
    snprintf(path, sizeof path, "%s/7.0.trace", directory);
    snprintf(victim, sizeof victim, "%s/victim", directory);
    ck_assert_int_eq(symlink(victim, path), 0);
    ck_assert_int_eq(segment_create(&second, directory, 7, 0, NULL), 0);
    ck_assert_int_eq(stat(victim, &status), -1);
    segment_forget(&second);
}
END_TEST

START_TEST(the_disk_holds_only_what_is_used)
{
    struct stat status;
    ck_assert_int_eq(stat(segment.path, &status), 0);
    ck_assert_int_ge(status.st_size, 1 << 20);
    ck_assert_int_le(status.st_blocks * 512, 256 << 10);
}
END_TEST

/* Claims records until there are no more; returns how many there were. */
static uint32_t claim_all(struct segment *full)
{
    uint32_t count = 0;
    while (segment_claim(full, 1))
        count++;
    return count;
}

START_TEST(a_file_size_limit_means_full_and_no_signal)
{
    pid_t child = fork();
    if (child == 0) {
        struct rlimit limit = {2 << 20, 2 << 20};
        struct segment small = {0};
        setrlimit(RLIMIT_FSIZE, &limit);
        if (segment_create(&small, directory, 43, 0, NULL) != 0)
            _exit(1);
        uint32_t count = claim_all(&small);
        _exit(
            count == (2 << 20) / 64 - TRACE_FIRST_RECORD && segment_claim(&small, 1) == 0 ? 0 : 2);
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(nodes_stop_when_the_file_is_full)
{
    pid_t child = fork();
    if (child == 0) {
        struct rlimit limit = {1 << 20, 1 << 20};
        struct segment small = {0};
        struct tree little = {.segment = &small};
        setrlimit(RLIMIT_FSIZE, &limit);
        if (segment_create(&small, directory, 44, 0, NULL) != 0)
            _exit(1);
        uint64_t address = 1;
        trace_index first = enter(&little, outermost, frame(address), 0).node;
        while (enter(&little, outermost, frame(address), 0).node)
            address++;
        _exit(enter(&little, outermost, frame(1), 0).node == first ? 0 : 2);
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tree");
    TCase *cases = tcase_create("tree");
    tcase_set_timeout(cases, 60);
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, the_same_path_twice_is_one_node);
    tcase_add_test(cases, what_differs_in_anything_is_another_node);
    tcase_add_test(cases, a_node_says_what_it_was_made_of);
    tcase_add_test(cases, a_chain_that_lies_in_a_row_takes_no_room_in_the_hash);
    tcase_add_test(cases, a_record_right_behind_that_has_another_caller_is_not_taken);
    tcase_add_test(cases, paths_that_differ_little_have_different_hashes);
    tcase_add_test(cases, a_hundred_thousand_children_are_all_found_again);
    tcase_add_test(cases, text_longer_than_a_record_is_kept_whole);
    tcase_add_test(cases, the_file_is_private_and_a_second_one_has_its_own_name);
    tcase_add_test(cases, a_symlink_in_the_way_is_not_followed);
    tcase_add_test(cases, the_disk_holds_only_what_is_used);
    tcase_add_test(cases, a_file_size_limit_means_full_and_no_signal);
    tcase_add_test(cases, nodes_stop_when_the_file_is_full);
    suite_add_tcase(suite, cases);
    return suite_run(suite);
}
