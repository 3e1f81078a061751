/*
 * saved.c - a run in one file, from which its report can be printed at any time and on any machine.
 */
#include "saved/saved.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "base/path.h"
#include "base/progress.h"
#include "saved/layout.h"
#include "saved/parts.h"
#include "saved/reader.h"
#include "saved/writer.h"
#include "symbols/facts.h"
#include "symbols/symbols.h"
#include "trace/own_modules.h"
#include "trace/snapshot.h"

int saved_write(int fd, const struct saved *saved, const struct saved_options *options)
{
    struct writer *writer = writer_create(fd, options->limit);
    bool redacts = options->redacts;
    if (writer == NULL)
        return -ENOMEM;
    writer_section(writer, SAVED_RUN);
    saved_put_run(writer, &saved->run, redacts);
    writer_section(writer, SAVED_PROCESSES);
    saved_put_processes(writer, saved, redacts);
    writer_section(writer, SAVED_NAMES);
    bool is_whole = saved_put_names(writer, saved, redacts);
    writer_section(writer, SAVED_LEAVES);
    saved_put_leaves(writer, saved, redacts);
    writer_section(writer, SAVED_THREADS);
    saved_put_threads(writer, saved);
    writer_section(writer, SAVED_DURATIONS);
    saved_put_durations(writer, saved);
    writer_section(writer, SAVED_OBJECTS);
    saved_put_objects(writer, saved, redacts);
    writer_section(writer, SAVED_SETS);
    saved_put_sets(writer, saved);
    writer_section(writer, SAVED_TASKS);
    saved_put_tasks(writer, saved);
    writer_section(writer, SAVED_OPEN_CALLS);
    saved_put_open_calls(writer, saved);
    writer_section(writer, SAVED_VALUES);
    is_whole = saved_put_values(writer, saved, redacts) && is_whole;
    int error = writer_end(writer);
    return is_whole ? error : -ENOMEM;
}

/* ---- what a report asks of a run ---- */

const char *saved_program(const struct saved_run *run)
{
    return run->word_count ? path_base_name(run->command[0]) : "the program";
}

uint64_t saved_wall_ns(const struct saved *saved)
{
    if (saved->run.has_duration)
        return saved->run.duration_ns;
    return saved->snapshot_count > 0 ? saved->snapshots[0]->usage.wall_ns : 0;
}

uint64_t saved_count_nodes(const struct saved *saved)
{
    uint64_t nodes = 0;
    for (size_t i = 0; i < saved->snapshot_count; i++)
        nodes += saved->snapshots[i]->node_count;
    return nodes;
}

bool saved_is_program_running(const struct saved_run *run)
{
    return !run->has_duration && run->is_running;
}

uint64_t saved_period_ns(const struct saved_run *run)
{
    return run->is_period ? run->duration_ns : 0;
}

uint64_t saved_so_far_ns(const struct saved *saved)
{
    return saved_is_program_running(&saved->run) ? saved_wall_ns(saved) : 0;
}

bool saved_is_implied(const struct saved *saved, const char *leaf)
{
    for (size_t i = 0; i < saved->implied_count; i++)
        if (strcmp(saved->implied[i], leaf) == 0)
            return true;
    return false;
}

int saved_refuse_root(const char *root, char **problem)
{
    return message_problem(
        problem, -EINVAL, "the run recorded each call of '%s': --root cannot be changed", root);
}

/* ---- all names ---- */

static void find_names_of_node(
    struct symbols *symbols, const struct snapshot *snapshot, const struct snapshot_node *node)
{
    if (node->kind == SNAPSHOT_LEAF || node->module == SNAPSHOT_NONE)
        return;
    const struct snapshot_module *module = &snapshot->modules[node->module];
    if (module_is_ours(path_base_name(module->path)))
        return;
    symbols_find_all(
        symbols, module->path, &module->identity, node->address, node->kind == SNAPSHOT_FRAME);
}

static void expect_modules(struct symbols *symbols, const struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->module_count; i++) {
        const struct snapshot_module *module = &snapshot->modules[i];
        if (!module_is_ours(path_base_name(module->path)))
            symbols_expect(symbols, module->path, &module->identity);
    }
}

void saved_expect_files(const struct saved *saved)
{
    for (size_t i = 0; i < saved->snapshot_count; i++)
        expect_modules(saved->symbols, saved->snapshots[i]);
}

void saved_find_names(const struct saved *saved)
{
    saved_expect_files(saved);
    for (size_t i = 0; i < saved->snapshot_count; i++)
        for (size_t j = 0; j < saved->snapshots[i]->node_count; j++) {
            find_names_of_node(saved->symbols, saved->snapshots[i], &saved->snapshots[i]->nodes[j]);
            progress_advance(1);
        }
}

/* ---- reading ---- */

static void get_section(struct reader *reader, struct saved *saved, uint32_t section)
{
    switch (section) {
    case SAVED_RUN: saved_get_run(reader, &saved->run); break;
    case SAVED_PROCESSES: saved_get_processes(reader, saved); break;
    case SAVED_NAMES: saved_get_names(reader, saved); break;
    case SAVED_LEAVES: saved_get_leaves(reader, saved); break;
    case SAVED_THREADS: saved_get_threads(reader, saved); break;
    case SAVED_DURATIONS: saved_get_durations(reader, saved); break;
    case SAVED_OBJECTS: saved_get_objects(reader, saved); break;
    case SAVED_SETS: saved_get_sets(reader, saved); break;
    case SAVED_TASKS: saved_get_tasks(reader, saved); break;
    case SAVED_OPEN_CALLS: saved_get_open_calls(reader, saved); break;
    case SAVED_VALUES: saved_get_values(reader, saved); break;
    default: break; /* a later version has added it */
    }
}

/* Each section is there once. A later one may be missing from a file of an earlier version. */
static void get_all(struct reader *reader, struct saved *saved, bool is_run_only)
{
    const uint32_t needed = 1u << SAVED_RUN | 1u << SAVED_PROCESSES | 1u << SAVED_NAMES |
                            1u << SAVED_LEAVES;
    const uint32_t known = needed | 1u << SAVED_THREADS | 1u << SAVED_DURATIONS |
                           1u << SAVED_OBJECTS | 1u << SAVED_SETS | 1u << SAVED_TASKS |
                           1u << SAVED_OPEN_CALLS | 1u << SAVED_VALUES;
    uint32_t seen = 0, section;
    while ((section = reader_section(reader)) != SAVED_END) {
        uint32_t bit = section < 32 ? 1u << section & known : 0;
        if (seen & bit || (seen == 0 && section != SAVED_RUN))
            reader_fail(reader, "it is damaged");
        seen |= bit;
        get_section(reader, saved, section);
        if (is_run_only)
            return;
    }
    if ((seen & needed) != needed)
        reader_fail(reader, "it is damaged");
}

/* The memory is kept in any case: what was read so far points to it. */
static int read_file(int fd, struct saved *saved, bool is_run_only, const char **why)
{
    struct reader *reader = NULL;
    struct saved read = {.symbols = is_run_only ? NULL : symbols_create()};
    *why = "out of memory";
    if (!is_run_only && read.symbols == NULL)
        return -ENOMEM;
    int error = reader_create(&reader, fd, why);
    if (error == 0) {
        get_all(reader, &read, is_run_only);
        read.memory = reader_keep_memory(reader);
        *why = reader_problem(reader);
        error = *why ? -EPROTO : 0;
        reader_destroy(reader);
    }
    if (error == 0)
        *saved = read;
    else
        saved_finish(&read);
    return error;
}

int saved_read(int fd, struct saved *saved, const char **why)
{
    return read_file(fd, saved, false, why);
}

int saved_read_run(int fd, struct saved *saved, const char **why)
{
    return read_file(fd, saved, true, why);
}

void saved_finish(struct saved *saved)
{
    for (size_t i = 0; i < saved->snapshot_count; i++)
        snapshot_destroy(saved->snapshots[i]);
    free(saved->snapshots);
    symbols_destroy(saved->symbols);
    reader_free_memory(saved->memory);
    *saved = (struct saved){0};
}
