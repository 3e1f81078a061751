/*
 * saved.c - a run in one file, from which its report can be printed at any time and on any machine.
 */
#include "saved/saved.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "saved/layout.h"
#include "saved/parts.h"
#include "saved/reader.h"
#include "saved/writer.h"
#include "session_names.h"
#include "symbols/facts.h"
#include "symbols/symbols.h"
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
    int error = writer_end(writer);
    return is_whole ? error : -ENOMEM;
}

/* ---- all names ---- */

static bool is_ours(const char *path)
{
    const char *base = path_base_name(path);
    return strcmp(base, LIBRARY_NAME) == 0 || strcmp(base, SESSION_INTERPOSER) == 0;
}

static void find_names_of_node(
    struct symbols *symbols, const struct snapshot *snapshot, const struct snapshot_node *node)
{
    if (node->kind == SNAPSHOT_LEAF || node->module == SNAPSHOT_NONE)
        return;
    const struct snapshot_module *module = &snapshot->modules[node->module];
    if (is_ours(module->path))
        return;
    if (node->kind == SNAPSHOT_FRAME)
        symbols_find_all(symbols, module->path, &module->identity, node->address);
    else
        symbols_resolve(symbols, module->path, &module->identity, node->address, false);
}

void saved_find_names(const struct saved *saved)
{
    for (size_t i = 0; i < saved->snapshot_count; i++)
        for (size_t j = 0; j < saved->snapshots[i]->node_count; j++)
            find_names_of_node(saved->symbols, saved->snapshots[i], &saved->snapshots[i]->nodes[j]);
}

/* ---- reading ---- */

static void get_section(struct reader *reader, struct saved *saved, uint32_t section)
{
    switch (section) {
    case SAVED_RUN: saved_get_run(reader, &saved->run); break;
    case SAVED_PROCESSES: saved_get_processes(reader, saved); break;
    case SAVED_NAMES: saved_get_names(reader, saved); break;
    case SAVED_LEAVES: saved_get_leaves(reader, saved); break;
    default: break; /* a later version has added it */
    }
}

/* Each section is there once. A later one may be missing from a file of an earlier version. */
static void get_all(struct reader *reader, struct saved *saved, bool is_run_only)
{
    const uint32_t needed = 1u << SAVED_RUN | 1u << SAVED_PROCESSES | 1u << SAVED_NAMES |
                            1u << SAVED_LEAVES;
    uint32_t seen = 0, section;
    while ((section = reader_section(reader)) != SAVED_END) {
        uint32_t bit = section < 32 ? 1u << section & needed : 0;
        if (seen & bit || (seen == 0 && section != SAVED_RUN))
            reader_fail(reader, "it is damaged");
        seen |= bit;
        get_section(reader, saved, section);
        if (is_run_only)
            return;
    }
    if (seen != needed)
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
