/*
 * look.c - looks at the processes of a run that are running, without stopping them.
 */
#include "commands/now/look.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "base/path.h"
#include "commands/now/words.h"
#include "commands/record.h"
#include "descriptors/epolls.h"
#include "session/mappings.h"
#include "session/session.h"
#include "trace/file.h"
#include "trace/open/keep.h"
#include "trace/snapshot.h"

/* A thread that has ended is in no call, whatever it has left; but fibers may have been suspended
 * in it. */
static void drop_ended(struct snapshot *snapshot, const struct threads *threads)
{
    size_t kept = 0;
    for (size_t i = 0; i < snapshot->open_call_count; i++) {
        const struct snapshot_open_call *call = &snapshot->open_calls[i];
        if (call->owner != OPEN_THREAD || threads_has(threads, snapshot->pid, call->tid))
            snapshot->open_calls[kept++] = *call;
    }
    snapshot->open_call_count = kept;
}

/* The trace has the name that a thread had when it took its latest new path. Fibers have none. */
static void name_threads(struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->thread_count; i++) {
        struct snapshot_thread *thread = &snapshot->threads[i];
        if (thread->tid)
            threads_name(snapshot->pid, thread->tid, thread->name);
    }
}

static bool is_any_in_no_call(const struct threads *threads)
{
    for (size_t i = 0; i < threads->count; i++)
        if (!threads->list[i].is_in_call)
            return true;
    return false;
}

/* If threads are in no call, reads the trace once more, between two looks at them: see threads.c.
 */
static int look_at_threads(
    struct threads *threads, const char *path, struct snapshot **snapshot, const char **why)
{
    struct snapshot *again = NULL;
    int pid = (*snapshot)->pid, error = threads_list(threads, pid);
    if (error)
        return error;
    threads_mark(threads, *snapshot);
    if (!is_any_in_no_call(threads))
        return 0;
    threads_look(threads, pid, true);
    error = snapshot_read_open(path, &again, why);
    if (error)
        return error;
    snapshot_destroy(*snapshot);
    *snapshot = again;
    threads_mark(threads, again);
    threads_look(threads, pid, false);
    return 0;
}

/* Returns -ESRCH if the process has ended meanwhile. */
static int look_at_process(
    struct threads *threads, const char *path, struct snapshot **snapshot, const char **why)
{
    int error = snapshot_read_open(path, snapshot, why);
    if (error == 0 && !snapshot_has_own_numbers(*snapshot))
        error = look_at_threads(threads, path, snapshot, why);
    if (error)
        return error;
    (*snapshot)->is_running = true;
    if (!snapshot_has_own_numbers(*snapshot)) {
        drop_ended(*snapshot, threads);
        epolls_find_members(*snapshot);
        words_settle_tasks(*snapshot);
    }
    error = snapshot_keep_open(*snapshot, (*snapshot)->taken_ns);
    if (!snapshot_has_own_numbers(*snapshot))
        name_threads(*snapshot);
    return error;
}

static int look_add_process(
    struct now_processes *processes, struct record *record, const char *path)
{
    struct snapshot *snapshot = NULL;
    struct now_process process = {.threads = {.count = 0}};
    const char *why = NULL;
    int error = look_at_process(&process.threads, path, &snapshot, &why);
    if (error == 0) {
        processes->list[processes->count++] = process;
        record->saved.snapshots[record->saved.snapshot_count++] = snapshot;
        return 0;
    }
    threads_finish(&process.threads);
    snapshot_destroy(snapshot);
    if (error == -ESRCH || error == -EAGAIN || error == -ENODATA || error == -ENOENT)
        return 0; /* it has ended, or only begins */
    message(why ? 0 : error, "cannot read the trace '%s'%s%s", path_base_name(path),
        why ? ": " : "", why ? why : "");
    return error;
}

int now_look(struct now_processes *processes, struct record *record, const struct session *session)
{
    struct session_traces traces;
    int error = session_traces(session, &traces);
    if (error)
        return message_fail(error, NULL);
    processes->list = calloc(traces.count + 1, sizeof *processes->list);
    record->saved.snapshots = calloc(traces.count + 1, sizeof *record->saved.snapshots);
    if (processes->list == NULL || record->saved.snapshots == NULL)
        error = -ENOMEM;
    processes->first = traces.count > 0 ? traces.list[0].pid : 0;
    for (size_t i = 0; i < traces.count && error != -ENOMEM; i++) {
        int failed = mappings_has(session, traces.list[i].path)
                         ? look_add_process(processes, record, traces.list[i].path)
                         : 0;
        error = error ? error : failed;
    }
    session_traces_finish(&traces);
    return error;
}

void now_processes_finish(struct now_processes *processes)
{
    for (size_t i = 0; i < processes->count; i++)
        threads_finish(&processes->list[i].threads);
    free(processes->list);
    *processes = (struct now_processes){.count = 0};
}
