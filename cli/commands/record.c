/*
 * record.c - what the processes of a session have recorded.
 */
#include "commands/record.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/message.h"
#include "base/path.h"
#include "base/process_time.h"
#include "commands/session_view.h"
#include "session/mappings.h"
#include "session/processes.h"
#include "session/session.h"
#include "trace/file.h"
#include "trace/lifetimes.h"
#include "trace/snapshot.h"

/* A trace file is also empty for a moment while it is being opened. */
static bool has_stayed_empty(const struct session *session, const char *path)
{
    struct stat status;
    return !mappings_has(session, path) && stat(path, &status) == 0 && status.st_size == 0;
}

int record_read(struct record *record, const struct session *session)
{
    struct session_traces traces;
    int error = session_traces(session, &traces);
    if (error) {
        message(error, "cannot read the trace in '%s'", session->place);
        return error;
    }
    record->snapshots = calloc(traces.count + 1, sizeof *record->snapshots);
    for (size_t i = 0; i < traces.count; i++) {
        const char *path = traces.list[i].path, *why = "out of memory";
        int failed = -ENOMEM;
        if (record->snapshots)
            failed = snapshot_read(path, &record->snapshots[record->count], &why);
        if (failed == 0)
            record->count++;
        else if (failed == -EAGAIN)
            failed = 0; /* the process died while it opened the file, before its first hit */
        else if (failed == -ENODATA)
            record->untraced += has_stayed_empty(session, path);
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
    const struct snapshot *snapshot = record->snapshots[index];
    for (size_t i = 0; i < index; i++)
        if (is_same_process(record->snapshots[i], snapshot))
            return record->snapshots[i]->is_first;
    return snapshot->parent_pid == tool;
}

static bool record_is_last(const struct record *record, size_t index)
{
    for (size_t i = index + 1; i < record->count; i++)
        if (is_same_process(record->snapshots[i], record->snapshots[index]))
            return false;
    return true;
}

/* Returns what the process executed before: exec keeps the pid. A forked child is a new process. */
static const struct snapshot *find_former(const struct record *record, size_t index)
{
    const struct snapshot *snapshot = record->snapshots[index];
    while (!snapshot->forked && index-- > 0) {
        const struct snapshot *other = record->snapshots[index];
        if (is_same_process(other, snapshot))
            return other;
    }
    return NULL;
}

void record_place_in_run(struct record *record, const struct session_view *view)
{
    for (size_t i = 0; i < record->count; i++) {
        struct snapshot *snapshot = record->snapshots[i];
        snapshot->is_first = is_first(record, i, view->tool);
        snapshot->former = find_former(record, i);
        /* The parent of the first process in a PID namespace is outside; the trace from before exec
         * has it. */
        if (snapshot->parent_pid == 0 && snapshot->former)
            snapshot->parent_pid = snapshot->former->parent_pid;
        snapshot->is_running = record_is_last(record, i) &&
                               processes_has(view->running, snapshot->pid);
        if (snapshot->is_running)
            continue;
        bool is_program = snapshot->pid == view->life->pid && record_is_last(record, i);
        snapshot->taken_ns = is_program ? view->life->ended_ns : 0;
    }
    lifetimes_find(record->snapshots, record->count,
        &(struct lifetimes_seen){view->life, view->others, view->other_count});
}

void record_finish(struct record *record)
{
    for (size_t i = 0; i < record->count; i++)
        snapshot_destroy(record->snapshots[i]);
    free(record->snapshots);
}

bool record_has_trees(const struct record *record)
{
    for (size_t i = 0; i < record->count; i++)
        if (record->snapshots[i]->node_count > 0)
            return true;
    return false;
}

bool record_has_process(const struct record *record, int pid)
{
    for (size_t i = 0; i < record->count; i++)
        if (record->snapshots[i]->pid == pid)
            return true;
    return false;
}
