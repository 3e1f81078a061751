/*
 * seeds_snapshot.c - writes well-formed trace files into a directory, for fuzz_snapshot to
 * start from.
 *
 *     cc -std=c11 -D_GNU_SOURCE -Iinclude tests/fuzz/seeds_snapshot.c -o seeds_snapshot
 *     mkdir -p corpus && ./seeds_snapshot corpus
 */
#include <stdio.h>

#include "../trace_builder.h"

static struct trace_builder builder;

static int write_seed(const char *directory, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.trace", directory, name);
    FILE *out = fopen(path, "wb");
    if (out == NULL) {
        perror(path);
        return 1;
    }
    size_t size = trace_size(&builder);
    int failed = fwrite(&builder, 1, size, out) != size;
    failed |= fclose(out) != 0;
    if (failed)
        perror(path);
    return failed;
}

/* Two threads with calls of the root in which several leaves were hit, and an open one each. */
static void build_calls(void)
{
    trace_begin(&builder);
    trace_index module = trace_add_module(&builder, "/bin/prog");
    trace_index name = trace_add_leaf_name(&builder, "read");
    for (int32_t tid = 100; tid < 102; tid++) {
        trace_index thread = trace_add_thread(&builder, tid, "prog");
        struct trace_node *root = trace_add_node(&builder, TRACE_FRAME, 0, module, thread);
        trace_index leaves[4];
        root->address = 0x1000;
        for (uint32_t i = 0; i < 4; i++) {
            struct trace_node *leaf = trace_add_node(
                &builder, TRACE_LEAF, trace_index_of(&builder, root), name, thread);
            leaf->hits = leaf->returns = 9;
            leaves[i] = trace_index_of(&builder, leaf);
            trace_build_calls(&builder, thread, leaves[i]);
            trace_build_values(&builder, thread, leaves[i]);
        }
        trace_index first = trace_add_call_leaf(&builder, leaves[0], 1, 100);
        for (uint32_t i = 1; i < 4; i++)
            trace_add_call_leaf(&builder, leaves[i], i, 100 * i);
        trace_add_call(&builder, thread, first, 4)->count = 3;
    }
}

static trace_index find_record(uint32_t kind)
{
    trace_index i = TRACE_FIRST_RECORD;
    while (builder.records[i].kind != kind)
        i++;
    return i;
}

static void build_objects(void)
{
    trace_build_sample(&builder);
    trace_build_objects(&builder, find_record(TRACE_LEAF), find_record(TRACE_MODULE));
}

/* Two of three calls have not returned, one of them for an object. */
static void build_open_calls(void)
{
    build_objects();
    trace_index leaf = find_record(TRACE_LEAF);
    builder.records[leaf].node.returns = 1;
    trace_index block = trace_add_open_block(&builder, 4);
    trace_open_call(&builder, block, leaf,
        &builder.records[find_record(TRACE_OBJECT_CALLS)].object_calls, 5000);
    trace_open_call(&builder, trace_add_open_block(&builder, 2) + 1, leaf, NULL, 6000);
}

/* `width` calls from each of `depth` frames, with a leaf below each. */
static void build_tree(int depth, int width)
{
    trace_begin(&builder);
    trace_index modules[] = {trace_add_module(&builder, "/bin/prog"),
        trace_add_module(&builder, "/lib/x86_64-linux-gnu/libc.so.6"),
        trace_add_module(&builder, "/usr/lib/libscoped-trace.so"), 0};
    trace_index thread = trace_add_thread(&builder, 100, "prog");
    trace_index leaf = trace_add_leaf_name(&builder, "read");
    trace_index caller = 0;
    for (int i = 0; i < depth; i++) {
        for (int j = 0; j < width; j++) {
            struct trace_node *node = trace_add_node(
                &builder, TRACE_FRAME, caller, modules[(i + j) % 4], thread);
            node->address = (uint64_t)(i * 0x1000 + j * 0x10);
            trace_index frame = trace_index_of(&builder, node);
            node = trace_add_node(&builder, TRACE_LEAF, frame, leaf, thread);
            node->hits = node->returns = 1;
            node->ticks = 1000;
            caller = j + 1 == width ? frame : caller;
        }
    }
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: seeds_snapshot DIRECTORY\n");
        return 2;
    }
    int failed = 0;
    trace_begin(&builder);
    failed |= write_seed(argv[1], "empty");
    trace_build_sample(&builder);
    failed |= write_seed(argv[1], "sample");
    build_objects();
    failed |= write_seed(argv[1], "objects");
    build_open_calls();
    failed |= write_seed(argv[1], "open_calls");
    trace_build_sample(&builder);
    trace_header_of(&builder)->clock = TRACE_CLOCK_NONE;
    trace_header_of(&builder)->forked = 1;
    trace_header_of(&builder)->losses[TRACE_LOSS_FULL] = 3;
    failed |= write_seed(argv[1], "timeless");
    build_calls();
    failed |= write_seed(argv[1], "calls");
    build_tree(30, 1);
    failed |= write_seed(argv[1], "deep");
    build_tree(4, 8);
    failed |= write_seed(argv[1], "wide");
    return failed;
}
