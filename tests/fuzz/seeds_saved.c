/*
 * seeds_saved.c - writes saved runs into a directory, for fuzz_saved to start from.
 */
// needs: cli
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../trace_builder.h"
#include "saved/saved.h"
#include "symbols/facts.h"
#include "symbols/symbols.h"
#include "trace/file.h"
#include "trace/snapshot.h"

static struct trace_builder builder;

static const struct symbol_frame frames[] = {
    {"main", "main", "/src/a.c", 7, 9, false}, {"f(int)", "_Z1fi", "/src/b.h", 3, 0, true}};
static const char *names[] = {"main", "g"};
static const struct symbol_facts facts[] = {
    {.address = 0xfff, .chain = {frames, 2}, .has_called = true, .called = "_Z1gv"},
    {.address = 0x2000,
        .chain = {frames, 1},
        .has_names = true,
        .names = names,
        .name_count = 2,
        .has_call_of_main = true}};

static int write_seed(const struct saved *saved, const char *directory, const char *name)
{
    char path[4096];
    const struct saved_options options = {.limit = UINT64_MAX};
    snprintf(path, sizeof path, "%s/%s.run", directory, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    int failed = fd < 0 || saved_write(fd, saved, &options) != 0;
    if (failed)
        perror(path);
    close(fd);
    return failed;
}

/* The sample, with calls of the root and names. */
static int write_sample(const char *directory, const char *name, const char *root)
{
    struct snapshot *snapshot = NULL;
    const char *why;
    struct saved_unhit unhit = {"poll*", 3, true, false, true, "it is too short"};
    const char *words[] = {"/opt/prog", "--fast"};
    if (snapshot_parse(&builder, trace_size(&builder), &snapshot, &why) != 0)
        return 1;
    struct saved saved = {.run = {.version = "0", .root = root, .command = words, .word_count = 2},
        .snapshots = &snapshot,
        .snapshot_count = 1,
        .symbols = symbols_create(),
        .unhit = &unhit,
        .unhit_count = 1};
    struct symbol_file_facts file = {.path = snapshot->modules[0].path,
        .identity = snapshot->modules[0].identity,
        .list = facts,
        .count = 2};
    int failed = !symbols_give(saved.symbols, &file) || write_seed(&saved, directory, name);
    symbols_destroy(saved.symbols);
    snapshot_destroy(snapshot);
    return failed;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: seeds_saved DIRECTORY\n");
        return 2;
    }
    trace_build_sample(&builder);
    int failed = write_sample(argv[1], "sample", "main");
    trace_build_sample(&builder);
    trace_index module = trace_header_of(&builder)->program;
    trace_index thread = trace_add_thread(&builder, 102, "third");
    trace_index name = trace_add_leaf_name(&builder, "poll");
    struct trace_node *leaf = trace_add_node(&builder, TRACE_LEAF, 0, name, thread);
    leaf->hits = 9;
    trace_build_calls(&builder, thread, trace_index_of(&builder, leaf));
    trace_build_values(&builder, thread, trace_index_of(&builder, leaf));
    failed |= write_sample(argv[1], "calls", "f");
    trace_build_objects(&builder, trace_index_of(&builder, leaf), module);
    failed |= write_sample(argv[1], "objects", "main");
    return failed;
}
