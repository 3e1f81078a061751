/*
 * look.c - looks at a run that goes on, again and again: what has happened since the look before.
 *
 * A trace whose process has ended does not change any more. It is read once more, and not again:
 * there may be thousands of them.
 */
#include "commands/watch/look.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/array.h"
#include "base/message.h"
#include "base/nanoseconds.h"
#include "base/path.h"
#include "base/process_time.h"
#include "base/sum.h"
#include "commands/now/find.h"
#include "session/mappings.h"
#include "session/processes.h"
#include "session/session.h"
#include "trace/file.h"
#include "trace/lifetimes.h"
#include "trace/period/period.h"
#include "trace/snapshot.h"

int watch_open(struct watch *watch, const char *which, char **problem)
{
    char *path = NULL;
    int error = now_find_run(&path, which, problem);
    if (error == 0)
        error = live_run_open(&watch->live, path, problem);
    free(path);
    return error;
}

void watch_close(struct watch *watch)
{
    for (size_t i = 0; i < watch->count; i++) {
        snapshot_destroy(watch->traces[i].snapshot);
        snapshot_destroy(watch->traces[i].former);
        free(watch->traces[i].path);
    }
    free(watch->traces);
    live_run_close(&watch->live);
}

/* ---- reading ---- */

/* Returns the trace at this path, which may be new; NULL when out of memory. */
static struct watched_trace *find_trace(struct watch *watch, const char *path)
{
    for (size_t i = 0; i < watch->count; i++)
        if (strcmp(watch->traces[i].path, path) == 0)
            return &watch->traces[i];
    if (array_reserve(&watch->traces, watch->count, 1, &watch->room, sizeof *watch->traces) != 0)
        return NULL;
    struct watched_trace *trace = &watch->traces[watch->count];
    *trace = (struct watched_trace){.path = strdup(path)};
    watch->count += trace->path != NULL;
    return trace->path ? trace : NULL;
}

/* Nobody needs the snapshots of the look before the latest one. */
static void keep_former(struct watched_trace *trace)
{
    snapshot_destroy(trace->former);
    trace->former = trace->snapshot;
    trace->snapshot = NULL;
}

/* What is only being opened, or has been removed meanwhile, is no error. */
static int read_trace(struct watched_trace *trace)
{
    const char *why = NULL;
    int error = snapshot_read(trace->path, &trace->snapshot, &why);
    if (error == 0 || error == -EAGAIN || error == -ENODATA || error == -ENOENT)
        return 0;
    message(0, "cannot read the trace '%s': %s", path_base_name(trace->path), why);
    return error;
}

/* Of what ended before the first look, nothing is wanted. */
static int look_at_trace(struct watch *watch, const char *path)
{
    struct watched_trace *trace = find_trace(watch, path);
    if (trace == NULL)
        return -ENOMEM;
    if (trace->is_final)
        return 0;
    bool is_running = mappings_has(&watch->live.session, path);
    trace->is_final = !is_running;
    int error = is_running || watch->at_ns ? read_trace(trace) : 0;
    struct snapshot *snapshot = trace->snapshot;
    if (snapshot == NULL)
        return error;
    snapshot->is_running = is_running;
    snapshot->is_first = snapshot->parent_pid == watch->live.notes.tool;
    if (!is_running)
        snapshot->taken_ns = 0;
    return error;
}

static int look_at_traces(struct watch *watch)
{
    struct session_traces traces;
    for (size_t i = 0; i < watch->count; i++)
        keep_former(&watch->traces[i]);
    if (session_traces(&watch->live.session, &traces) != 0)
        return -ESRCH;
    int error = 0;
    for (size_t i = 0; i < traces.count && error != -ENOMEM; i++) {
        int failed = look_at_trace(watch, traces.list[i].path);
        error = error ? error : failed;
    }
    session_traces_finish(&traces);
    return error;
}

/* While a process is executing a program, it has no trace. */
static bool is_any_running(const struct watch *watch)
{
    struct processes running = {.count = 0};
    for (size_t i = 0; i < watch->count; i++)
        if (watch->traces[i].snapshot && watch->traces[i].snapshot->is_running)
            return true;
    bool is_any = processes_list(&running, &watch->live.session) == 0 && processes_is_any(&running);
    processes_finish(&running);
    return is_any;
}

/* Their times are known when all of them are. Without memory, nothing is known of the times. */
static void find_times(const struct watch *watch)
{
    const struct process_life unknown = {.pid = 0};
    struct snapshot **list = calloc(watch->count + 1, sizeof(struct snapshot *));
    size_t count = 0;
    for (size_t i = 0; list && i < watch->count; i++)
        if (watch->traces[i].snapshot)
            list[count++] = watch->traces[i].snapshot;
    if (list)
        lifetimes_find(list, count, &(struct lifetimes_seen){.program = &unknown});
    free(list);
}

/* ---- the period ---- */

/* A process that began before the period, and was not seen then, counts from now on. */
static int watch_add_trace(
    const struct watch *watch, struct record *period, const struct watched_trace *trace)
{
    const struct snapshot *now = trace->snapshot, *former = trace->former;
    if (former && !snapshot_is_of_same_trace(former, now))
        former = NULL;
    if (former == NULL && now->start_ns < watch->at_ns)
        return 0;
    struct saved *saved = &period->saved;
    int error = snapshot_of_period(&saved->snapshots[saved->snapshot_count], former, now);
    saved->snapshot_count += error == 0;
    return error;
}

static int watch_add_traces(const struct watch *watch, struct record *period)
{
    int error = 0;
    period->saved.snapshots = calloc(watch->count + 1, sizeof(struct snapshot *));
    if (period->saved.snapshots == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < watch->count && error == 0; i++)
        if (watch->traces[i].snapshot)
            error = watch_add_trace(watch, period, &watch->traces[i]);
    return error;
}

static uint64_t count_hits_of(const struct saved *saved)
{
    uint64_t hits = 0;
    for (size_t i = 0; i < saved->snapshot_count; i++)
        for (size_t k = 0; k < saved->snapshots[i]->leaf_count; k++)
            hits = add_clamped(hits, saved->snapshots[i]->leaves[k].hits);
    return hits;
}

static int watch_find_program(const struct saved *saved)
{
    for (size_t i = 0; i < saved->snapshot_count; i++)
        if (saved->snapshots[i]->is_first)
            return saved->snapshots[i]->pid;
    return 0;
}

/* The traces are read one after the other, each at its own moment. Returns the longest time between
 * two readings of one; without any, that between the looks. */
static uint64_t find_duration(const struct watch *watch, uint64_t now)
{
    uint64_t longest = 0;
    for (size_t i = 0; i < watch->count; i++) {
        const struct snapshot *last = watch->traces[i].snapshot, *former = watch->traces[i].former;
        if (last && former && last->taken_ns > former->taken_ns &&
            last->taken_ns - former->taken_ns > longest)
            longest = last->taken_ns - former->taken_ns;
    }
    return longest ? longest : now - watch->at_ns;
}

static void describe_period(
    const struct watch *watch, struct record *period, uint64_t now, bool is_running)
{
    struct saved *saved = &period->saved;
    const struct options *options = &watch->live.options;
    uint64_t duration_ns = find_duration(watch, now);
    saved->run = (struct saved_run){.version = VERSION,
        .root = options->root,
        .root_is_default = options->root_is_default,
        .leaves = options->leaves,
        .leaf_count = options->leaf_count,
        .command = (const char **)options->program,
        .begun_ns = clock_ns(CLOCK_REALTIME) - duration_ns,
        .has_duration = true,
        .duration_ns = duration_ns,
        .tool = watch->live.notes.tool,
        .program = watch_find_program(saved),
        .hits = count_hits_of(saved),
        .process_count = saved->snapshot_count,
        .is_running = is_running,
        .is_period = true};
    while (options->program && options->program[saved->run.word_count])
        saved->run.word_count++;
}

int watch_look(struct watch *watch, struct record *period)
{
    *period = (struct record){.leaves = &watch->live.leaves};
    uint64_t now = now_ns();
    int error = look_at_traces(watch);
    if (error == -ESRCH || error == -ENOMEM)
        return error;
    bool is_running = is_any_running(watch);
    find_times(watch);
    if (watch->at_ns) {
        period->saved.symbols = watch->live.record.saved.symbols;
        int failed = watch_add_traces(watch, period);
        error = error ? error : failed;
        describe_period(watch, period, now, is_running);
    }
    watch->at_ns = now;
    return error || is_running ? error : -ESRCH;
}

void watch_forget(struct record *period)
{
    period->saved.symbols = NULL; /* they are the run's */
    record_finish(period);
}
