/*
 * run.c - what is known of the run, in a saved file.
 */
#include "saved/parts.h"

#include <string.h>

#include "base/path.h"
#include "saved/layout.h"
#include "saved/reader.h"
#include "saved/saved.h"
#include "saved/writer.h"

#define WORDS_MAX (1u << 20)

const char *saved_path(const char *path, bool redacts)
{
    return redacts ? path_base_name(path) : path;
}

static void put_run_number(struct writer *writer, unsigned tag, uint64_t number)
{
    if (number == 0)
        return;
    writer_number(writer, tag);
    writer_number(writer, number);
}

static void put_run_text(struct writer *writer, unsigned tag, const char *text)
{
    writer_number(writer, tag);
    writer_text(writer, text);
}

static uint64_t flags_of_run(const struct saved_run *run, bool redacts)
{
    return (run->root_is_default ? SAVED_FLAG_ROOT_IS_DEFAULT : 0) |
           (redacts || run->is_redacted ? SAVED_FLAG_REDACTED : 0) |
           (run->is_running ? SAVED_FLAG_RUNNING : 0) |
           (run->has_duration ? SAVED_FLAG_HAS_DURATION : 0) |
           (run->has_status ? SAVED_FLAG_HAS_STATUS : 0) |
           (run->is_period ? SAVED_FLAG_PERIOD : 0) |
           (run->is_innermost ? SAVED_FLAG_INNERMOST : 0);
}

void saved_put_run(struct writer *writer, const struct saved_run *run, bool redacts)
{
    put_run_number(writer, SAVED_RUN_FLAGS, flags_of_run(run, redacts));
    put_run_number(writer, SAVED_RUN_EACH, run->each);
    put_run_number(writer, SAVED_RUN_BEGUN, run->begun_ns);
    put_run_number(writer, SAVED_RUN_DURATION, run->duration_ns);
    put_run_number(writer, SAVED_RUN_STATUS, (uint32_t)run->status);
    put_run_number(writer, SAVED_RUN_TOOL, (uint32_t)run->tool);
    put_run_number(writer, SAVED_RUN_PROGRAM, (uint32_t)run->program);
    put_run_number(writer, SAVED_RUN_HITS, run->hits);
    put_run_number(writer, SAVED_RUN_UNTRACED, run->untraced_count);
    put_run_number(writer, SAVED_RUN_PROCESSES, run->process_count);
    writer_number(writer, 0);
    put_run_text(writer, SAVED_RUN_VERSION, run->version);
    put_run_text(writer, SAVED_RUN_MACHINE, run->machine);
    put_run_text(writer, SAVED_RUN_ROOT, run->root);
    if (run->by)
        put_run_text(writer, SAVED_RUN_BY, run->by);
    for (size_t i = 0; i < run->leaf_count && !redacts; i++)
        put_run_text(writer, SAVED_RUN_LEAF, run->leaves[i]);
    for (size_t i = 0; i < run->word_count && (i == 0 || !redacts); i++)
        put_run_text(writer, SAVED_RUN_COMMAND, saved_path(run->command[i], redacts));
    writer_number(writer, 0);
}

static void take_run_flags(struct saved_run *run, uint64_t flags)
{
    run->root_is_default = flags & SAVED_FLAG_ROOT_IS_DEFAULT;
    run->is_redacted = flags & SAVED_FLAG_REDACTED;
    run->is_running = flags & SAVED_FLAG_RUNNING;
    run->has_duration = flags & SAVED_FLAG_HAS_DURATION;
    run->has_status = flags & SAVED_FLAG_HAS_STATUS;
    run->is_period = flags & SAVED_FLAG_PERIOD;
    run->is_innermost = flags & SAVED_FLAG_INNERMOST;
}

static void take_run_number(struct saved_run *run, uint64_t tag, uint64_t number)
{
    switch (tag) {
    case SAVED_RUN_FLAGS: take_run_flags(run, number); break;
    case SAVED_RUN_EACH: run->each = (unsigned)number; break;
    case SAVED_RUN_BEGUN: run->begun_ns = number; break;
    case SAVED_RUN_DURATION: run->duration_ns = number; break;
    case SAVED_RUN_STATUS: run->status = (int)number; break;
    case SAVED_RUN_TOOL: run->tool = (int)number; break;
    case SAVED_RUN_PROGRAM: run->program = (int)number; break;
    case SAVED_RUN_HITS: run->hits = number; break;
    case SAVED_RUN_UNTRACED: run->untraced_count = number; break;
    case SAVED_RUN_PROCESSES: run->process_count = number; break;
    default: break;
    }
}

/* A list grows in the reader's memory by doubling; the old one stays there unused. */
static void add(struct reader *reader, const char ***list, size_t *count, const char *text)
{
    bool is_full = (*count & (*count - 1)) == 0; /* 0, 1, 2, 4, ... */
    if (text == NULL || *count == WORDS_MAX)
        return;
    if (is_full) {
        const char **larger = reader_take(reader, *count ? 2 * *count : 1, sizeof *larger);
        if (larger == NULL)
            return;
        for (size_t i = 0; i < *count; i++)
            larger[i] = (*list)[i];
        *list = larger;
    }
    (*list)[(*count)++] = text;
}

static void take_run_text(
    struct reader *reader, struct saved_run *run, uint64_t tag, const char *text)
{
    switch (tag) {
    case SAVED_RUN_VERSION: run->version = text; break;
    case SAVED_RUN_MACHINE: run->machine = text; break;
    case SAVED_RUN_ROOT: run->root = text; break;
    case SAVED_RUN_BY: run->by = text; break;
    case SAVED_RUN_LEAF: add(reader, &run->leaves, &run->leaf_count, text); break;
    case SAVED_RUN_COMMAND: add(reader, &run->command, &run->word_count, text); break;
    default: break;
    }
}

void saved_get_run(struct reader *reader, struct saved_run *run)
{
    uint64_t tag;
    while ((tag = reader_number(reader)) != 0)
        take_run_number(run, tag, reader_number(reader));
    while ((tag = reader_number(reader)) != 0)
        take_run_text(reader, run, tag, reader_text(reader));
    if (run->root == NULL || *run->root == '\0')
        run->root = "main";
}

/* ---- what is said of leaves, and of processes without a trace ---- */

#define COUNT_MAX (1u << 20)

static uint64_t flags_of_unhit(const struct saved_unhit *unhit)
{
    return (unhit->is_pattern ? SAVED_UNHIT_PATTERN : 0) |
           (unhit->may_be_missed ? SAVED_UNHIT_MISSED : 0) |
           (unhit->is_refused ? SAVED_UNHIT_REFUSED : 0);
}

/* "DIRECTORY/FILE:FUNCTION" without the directory; a function may have a slash in its name. */
static const char *without_directory(const char *name)
{
    size_t end = strcspn(name, ":"), at = end;
    if (name[end] == '\0')
        return name;
    while (at > 0 && name[at - 1] != '/')
        at--;
    return name + at;
}

void saved_put_leaves(struct writer *writer, const struct saved *saved, bool redacts)
{
    writer_number(writer, saved->implied_count);
    for (size_t i = 0; i < saved->implied_count; i++)
        writer_text(writer, saved->implied[i]);
    writer_number(writer, saved->unhit_count);
    for (size_t i = 0; i < saved->unhit_count; i++) {
        const struct saved_unhit *unhit = &saved->unhit[i];
        writer_number(writer, flags_of_unhit(unhit));
        writer_text(writer, redacts ? without_directory(unhit->name) : unhit->name);
        writer_number(writer, unhit->functions);
        writer_text(writer, unhit->why);
    }
    writer_number(writer, saved->running_count);
    for (size_t i = 0; i < saved->running_count; i++) {
        writer_number(writer, (uint32_t)saved->running[i].pid);
        writer_text(writer, saved->running[i].name);
    }
}

static void get_implied(struct reader *reader, struct saved *saved)
{
    size_t count = reader_number_to(reader, COUNT_MAX);
    for (size_t i = 0; i < count && reader_problem(reader) == NULL; i++)
        add(reader, &saved->implied, &saved->implied_count, reader_text_or(reader, "?"));
}

static void get_unhit(struct reader *reader, struct saved *saved)
{
    size_t count = reader_number_to(reader, COUNT_MAX);
    saved->unhit = reader_take(reader, count + 1, sizeof *saved->unhit);
    for (size_t i = 0; i < count && reader_problem(reader) == NULL; i++) {
        uint64_t flags = reader_number(reader);
        struct saved_unhit *unhit = &saved->unhit[i];
        unhit->is_pattern = flags & SAVED_UNHIT_PATTERN;
        unhit->may_be_missed = flags & SAVED_UNHIT_MISSED;
        unhit->is_refused = flags & SAVED_UNHIT_REFUSED;
        unhit->name = reader_text_or(reader, "?");
        unhit->functions = reader_number(reader);
        unhit->why = reader_text(reader);
        saved->unhit_count = i + 1;
    }
}

static void get_running(struct reader *reader, struct saved *saved)
{
    size_t count = reader_number_to(reader, COUNT_MAX);
    saved->running = reader_take(reader, count + 1, sizeof *saved->running);
    for (size_t i = 0; i < count && reader_problem(reader) == NULL; i++) {
        saved->running[i].pid = (int)reader_number(reader);
        saved->running[i].name = reader_text_or(reader, "?");
        saved->running_count = i + 1;
    }
}

void saved_get_leaves(struct reader *reader, struct saved *saved)
{
    get_implied(reader, saved);
    get_unhit(reader, saved);
    get_running(reader, saved);
}
