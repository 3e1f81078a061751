/*
 * record.c - what the processes of a run have recorded, as it is printed and saved.
 */
#include "commands/record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/hash.h"
#include "base/message.h"
#include "base/nanoseconds.h"
#include "base/path.h"
#include "base/process_time.h"
#include "base/progress.h"
#include "base/stack.h"
#include "base/sum.h"
#include "descriptors/epolls.h"
#include "objects/variables.h"
#include "options/options.h"
#include "leaves/leaves.h"
#include "plan/leaf_check.h"
#include "saved/kept.h"
#include "saved/store.h"
#include "session/mappings.h"
#include "session/processes.h"
#include "session/session.h"
#include "symbols/symbols.h"
#include "trace/file.h"
#include "trace/lifetimes.h"
#include "trace/snapshot.h"

/* A trace file is also empty for a moment while it is being opened. */
static bool has_stayed_empty(const struct session *session, const char *path)
{
    struct stat status;
    return !mappings_has(session, path) && stat(path, &status) == 0 && status.st_size == 0;
}

/* Reads all trace files, in the order in which the processes began. Returns 0, or the first -errno
 * of a file that could not be read, after printing the reason; the other traces are in the record
 * all the same. */
static int read_traces(struct record *record, const struct session *session)
{
    struct session_traces traces;
    int error = session_traces(session, &traces);
    if (error) {
        message(error, "cannot read the trace in '%s'", session->place);
        return error;
    }
    record->saved.snapshots = calloc(traces.count + 1, sizeof *record->saved.snapshots);
    progress_say("reading the traces", traces.count);
    for (size_t i = 0; i < traces.count; i++) {
        progress_advance(1);
        const char *path = traces.list[i].path, *why = "out of memory";
        int failed = -ENOMEM;
        if (record->saved.snapshots)
            failed = snapshot_read(
                path, &record->saved.snapshots[record->saved.snapshot_count], &why);
        if (failed == 0)
            record->saved.snapshot_count++;
        else if (failed == -EAGAIN)
            failed = 0; /* the process died while it opened the file, before its first hit */
        else if (failed == -ENODATA)
            record->saved.run.untraced_count += has_stayed_empty(session, path);
        else
            message(0, "cannot read the trace '%s': %s", path_base_name(path), why);
        error = error || failed == -ENODATA ? error : failed;
    }
    session_traces_finish(&traces);
    return error;
}

/* A pid alone does not identify a process: each PID namespace has its own. */
static bool is_same_process(const struct snapshot *a, const struct snapshot *b)
{
    return a->pid == b->pid && a->birth == b->birth;
}

/* The program itself is the tool's child. What it executes after the tool's end is the same
 * process. */
static bool is_first(const struct record *record, size_t index, int tool)
{
    const struct snapshot *snapshot = record->saved.snapshots[index];
    for (size_t i = 0; i < index; i++)
        if (is_same_process(record->saved.snapshots[i], snapshot))
            return record->saved.snapshots[i]->is_first;
    return snapshot->parent_pid == tool;
}

static bool is_last(const struct record *record, size_t index)
{
    for (size_t i = index + 1; i < record->saved.snapshot_count; i++)
        if (is_same_process(record->saved.snapshots[i], record->saved.snapshots[index]))
            return false;
    return true;
}

/* Returns what the process executed before: exec keeps the pid. A forked child is a new process. */
static const struct snapshot *find_former(const struct record *record, size_t index)
{
    const struct snapshot *snapshot = record->saved.snapshots[index];
    while (!snapshot->forked && index-- > 0) {
        const struct snapshot *other = record->saved.snapshots[index];
        if (is_same_process(other, snapshot))
            return other;
    }
    return NULL;
}

/* A process that is still running has not ended, and the end time of the program itself is known.
 * The others, and images that were replaced by exec, ended at an unknown earlier time. */
static void place_in_run(struct record *record, const struct session_view *view)
{
    for (size_t i = 0; i < record->saved.snapshot_count; i++) {
        struct snapshot *snapshot = record->saved.snapshots[i];
        snapshot->is_first = is_first(record, i, view->tool);
        snapshot->former = find_former(record, i);
        /* The parent of the first process in a PID namespace is outside; the trace from before exec
         * has it. */
        if (snapshot->parent_pid == 0 && snapshot->former)
            snapshot->parent_pid = snapshot->former->parent_pid;
        snapshot->is_running = is_last(record, i) && processes_has(view->running, snapshot->pid);
        if (snapshot->is_running && !snapshot_has_own_numbers(snapshot))
            epolls_find_members(snapshot);
        if (snapshot->is_running)
            continue;
        bool is_program = snapshot->pid == view->life->pid && is_last(record, i);
        snapshot->taken_ns = is_program ? view->life->ended_ns : 0;
    }
    lifetimes_find(record->saved.snapshots, record->saved.snapshot_count,
        &(struct lifetimes_seen){view->life, view->others, view->other_count});
}

/* ---- the run ---- */

/* When the program was executed; 0: that is not known. */
static uint64_t find_start(const struct saved *saved, const struct session_view *view)
{
    uint64_t first = view->life->begun_ns;
    for (size_t i = 0; i < saved->snapshot_count && view->life->begun_ns == 0; i++)
        if (first == 0 || saved->snapshots[i]->start_ns < first)
            first = saved->snapshots[i]->start_ns;
    return first;
}

static void set_times(struct saved *saved, const struct session_view *view)
{
    struct saved_run *run = &saved->run;
    uint64_t start = find_start(saved, view), now = now_ns();
    if (start == 0 || start > now)
        return;
    run->begun_ns = clock_ns(CLOCK_REALTIME) - (now - start);
    run->has_duration = view->life->ended_ns >= start;
    run->duration_ns = run->has_duration ? view->life->ended_ns - start : 0;
}

/* While the program runs, its process id is known from its trace. */
static int find_program_pid(const struct saved *saved, const struct session_view *view)
{
    for (size_t i = 0; view->life->pid == 0 && i < saved->snapshot_count; i++)
        if (saved->snapshots[i]->is_first)
            return saved->snapshots[i]->pid;
    return view->life->pid;
}

/* A leaf that works by calling another one counts twice here; a report knows better. */
static uint64_t count_hits(const struct saved *saved)
{
    uint64_t hits = 0;
    for (size_t i = 0; i < saved->snapshot_count; i++)
        for (size_t j = 0; j < saved->snapshots[i]->leaf_count; j++)
            hits = add_clamped(hits, saved->snapshots[i]->leaves[j].hits);
    return hits;
}

static void describe_run(struct record *record, const struct session_view *view)
{
    struct saved *saved = &record->saved;
    struct saved_run *run = &saved->run;
    const struct options *options = view->options;
    run->version = VERSION;
    run->root = options->root;
    run->root_is_default = options->root_is_default;
    run->each = options->calls.each;
    run->is_innermost = options->calls.is_innermost;
    run->by = options->calls.by;
    run->leaves = options->leaves;
    run->leaf_count = options->leaf_count;
    run->command = (const char **)options->program;
    while (options->program && options->program[run->word_count])
        run->word_count++;
    run->tool = view->tool;
    run->program = find_program_pid(saved, view);
    run->has_status = view->life->has_status;
    run->status = view->life->has_status ? view->life->status : 0;
    run->hits = count_hits(saved);
    run->process_count = saved->snapshot_count;
    run->is_running = processes_is_any(view->running);
    set_times(saved, view);
}

static bool has_snapshot(const struct saved *saved, int pid)
{
    for (size_t i = 0; i < saved->snapshot_count; i++)
        if (saved->snapshots[i]->pid == pid)
            return true;
    return false;
}

/* Processes with trees are marked as running there. */
static void list_running(struct record *record, const struct processes *running)
{
    struct saved *saved = &record->saved;
    saved->running = record->running = calloc(running->count + 1, sizeof *record->running);
    for (size_t i = 0; saved->running && i < running->count; i++)
        if (!has_snapshot(saved, running->list[i].pid))
            saved->running[saved->running_count++] = (struct saved_running){
                running->list[i].pid, running->list[i].name};
}

/* Leaves for which there is no memory are not reported. */
static void add_unhit(void *argument, const struct leaf_unhit *unhit)
{
    struct record *record = argument;
    struct saved *saved = &record->saved;
    struct saved_unhit *list = reallocarray(
        record->unhit, saved->unhit_count + 1, sizeof *record->unhit);
    if (list == NULL)
        return;
    saved->unhit = record->unhit = list;
    list[saved->unhit_count++] = (struct saved_unhit){.name = unhit->name,
        .functions = unhit->functions,
        .is_pattern = unhit->has_spec,
        .may_be_missed = unhit->may_be_missed,
        .is_refused = unhit->is_refused,
        .why = unhit->why};
}

int record_read(struct record *record, const struct session_view *view)
{
    *record = (struct record){.leaves = view->leaves};
    progress_begin();
    struct saved *saved = &record->saved;
    saved->symbols = symbols_create();
    int error = saved->symbols ? read_traces(record, view->session) : -ENOMEM;
    if (saved->symbols == NULL) {
        message(error, "cannot print the tree");
        return error;
    }
    place_in_run(record, view);
    describe_run(record, view);
    list_running(record, view->running);
    if (view->plans)
        leaf_check_after(
            view->plans, view->leaves, saved->snapshots, saved->snapshot_count, add_unhit, record);
    return error;
}

int record_open(struct record *record, const char *path, char **problem)
{
    const char *why = NULL;
    *record = (struct record){0};
    progress_begin();
    progress_say("reading the run", 0);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return message_problem(
            problem, -errno, "cannot read the trace in '%s': %s", path, strerror(errno));
    int error = saved_read(fd, &record->saved, &why);
    close(fd);
    return error ? message_problem(problem, error, "cannot read the run in '%s': %s", path, why)
                 : 0;
}

void record_finish(struct record *record)
{
    progress_end();
    saved_finish(&record->saved);
    free(record->unhit);
    free(record->running);
    free(record->implied);
    *record = (struct record){0};
}

/* ---- leaves that nobody has asked for by name ---- */

bool record_is_implied(const void *argument, const char *leaf)
{
    const struct record *record = argument;
    return record->leaves ? leaves_is_implied(record->leaves, leaf)
                          : saved_is_implied(&record->saved, leaf);
}

static void add_implied(struct record *record, size_t *room, const char *leaf)
{
    struct saved *saved = &record->saved;
    if (saved_is_implied(saved, leaf) || !leaves_is_implied(record->leaves, leaf) ||
        array_reserve(&record->implied, saved->implied_count, 1, room, sizeof leaf) != 0)
        return;
    record->implied[saved->implied_count++] = leaf;
    saved->implied = record->implied;
}

#define SEEN 256 /* a power of two */

/* The same text has the same address in a snapshot. A trace has millions of nodes and few names of
 * leaves, so a name that was just looked at is not looked at again. */
static void list_implied(struct record *record)
{
    size_t room = 0;
    const char *seen[SEEN] = {NULL};
    record->saved.implied_count = 0;
    for (size_t i = 0; i < record->saved.snapshot_count; i++) {
        const struct snapshot *snapshot = record->saved.snapshots[i];
        for (size_t j = 0; j < snapshot->leaf_count; j++) {
            const char *leaf = snapshot->leaves[j].name;
            size_t at = hash_number(0, (uintptr_t)leaf) & (SEEN - 1);
            if (seen[at] != leaf)
                add_implied(record, &room, leaf);
            seen[at] = leaf;
        }
    }
}

/* ---- saving ---- */

/* What a session's record does not have before it is saved. */
static void complete(struct record *record)
{
    if (record->leaves == NULL)
        return;
    list_implied(record);
    if (uname(&record->machine) == 0)
        record->saved.run.machine = record->machine.machine;
}

struct save_call {
    struct record *record;
    const char *path; /* NULL: write to fd */
    int fd;
    bool redacts;
    int error;
};

static void make_save(void *argument)
{
    struct save_call *call = argument;
    const struct saved_options options = {.redacts = call->redacts, .limit = UINT64_MAX};
    progress_begin();
    progress_say("finding all names", saved_count_nodes(&call->record->saved));
    complete(call->record);
    saved_find_names(&call->record->saved);
    variables_find(call->record->saved.snapshots, call->record->saved.snapshot_count);
    progress_say("saving the run", 0);
    call->error = call->path ? store_saved(call->path, &call->record->saved, &options)
                             : saved_write(call->fd, &call->record->saved, &options);
    progress_end();
}

/* Debugging information is read, and data compressed, which needs much stack. */
int record_save(struct record *record, const char *path, bool redacts)
{
    struct save_call call = {.record = record, .path = path, .redacts = redacts};
    int error = stack_call(make_save, &call);
    error = error ? error : call.error;
    if (error != 0)
        message(error, "cannot save the run in '%s'", path);
    return error;
}

int record_write(struct record *record, int fd)
{
    struct save_call call = {.record = record, .fd = fd};
    int error = stack_call(make_save, &call);
    error = error ? error : call.error;
    if (error != 0)
        message(error, "cannot copy the run");
    return error;
}

struct keep_call {
    struct record *record;
    struct kept_place *place;
    int error;
};

static void make_keep(void *argument)
{
    struct keep_call *call = argument;
    progress_begin();
    progress_say("keeping the run", 0);
    complete(call->record);
    call->error = kept_add(&call->record->saved, call->place);
    progress_end();
}

/* Who has no cache, or may not write there, wants none. */
static void say_not_kept(int error)
{
    if (error == -E2BIG)
        message(
            0, "this run is too large to be kept for 'scoped-trace report': --save FILE saves it");
    else if (error == -ENOSPC || error == -EDQUOT || error == -EFBIG || error == -EIO)
        message(error, "cannot keep this run for 'scoped-trace report'");
}

bool record_keep(struct record *record, struct kept_place *place)
{
    struct keep_call call = {.record = record, .place = place};
    int error = stack_call(make_keep, &call);
    error = error ? error : call.error;
    say_not_kept(error);
    return error == 0;
}
