/*
 * show.c - prints what is known of the time of each process of a kept run, one line each.
 *
 * usage: show DIRECTORY [threads]
 *
 *   NAME PID begun=NS wall=NS user=NS system=NS waiting=NS known=yes|no status=NUMBER|none
 *
 * threads: of each of their threads but the main ones, 0 for what is not known.
 *
 *   NAME PID ran=NS cpu=NS later=NUMBER
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/path.h"
#include "session/notes.h"
#include "session/processes.h"
#include "session/session.h"
#include "symbols/symbols.h"
#include "trace/file.h"
#include "trace/lifetimes.h"
#include "trace/snapshot.h"
#include "tree/build.h"

#define SNAPSHOTS_MAX 100

static void fail(const char *what)
{
    fprintf(stderr, "show: %s\n", what);
    exit(1);
}

static size_t read_all(struct snapshot **snapshots, const struct session *session)
{
    struct session_traces traces;
    struct processes running = {0};
    size_t count = 0;
    if (session_traces(session, &traces) != 0 || processes_list(&running, session) != 0)
        fail("cannot read the run");
    for (size_t i = 0; i < traces.count && count < SNAPSHOTS_MAX; i++) {
        const char *why;
        if (snapshot_read(traces.list[i].path, &snapshots[count], &why) != 0)
            continue;
        snapshots[count]->is_running = processes_has(&running, snapshots[count]->pid);
        count++;
    }
    session_traces_finish(&traces);
    processes_finish(&running);
    return count;
}

static void show(const struct snapshot *snapshot, struct symbols *symbols)
{
    const struct tree_options options = {.root = "main", .root_is_default = true};
    struct tree_process *process = tree_create(snapshot, symbols, &options);
    if (process == NULL)
        fail("out of memory");
    const struct process_usage *usage = &process->usage;
    printf("%s %d begun=%" PRIu64 " wall=%" PRIu64 " user=%" PRIu64 " system=%" PRIu64
           " waiting=%" PRIu64 " known=%s",
        path_base_name(process->program), process->pid, usage->begun_ns, usage->wall_ns,
        usage->user_ns, usage->system_ns, process->waiting_ns, usage->is_known ? "yes" : "no");
    if (usage->has_wait_status)
        printf(" status=%d\n", usage->wait_status);
    else
        puts(" status=none");
    tree_destroy(process);
}

static void show_threads(const struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->thread_count; i++) {
        const struct snapshot_thread *thread = &snapshot->threads[i];
        if (thread->tid != snapshot->pid)
            printf("%s %d ran=%" PRIu64 " cpu=%" PRIu64 " later=%" PRIu32 "\n",
                thread->name[0] ? thread->name : "several", snapshot->pid, thread->ran_ns,
                thread->cpu_ns, thread->successors);
    }
}

int main(int argc, char **argv)
{
    struct session session;
    struct notes notes;
    struct snapshot *snapshots[SNAPSHOTS_MAX];
    char *problem = NULL;
    if (argc < 2 || session_open(&session, argv[1], &problem) != 0)
        fail(problem ? problem : "usage: show DIRECTORY");
    if (notes_read(&notes, session.directory) != 0)
        fail("the run has no notes");
    size_t count = read_all(snapshots, &session);
    struct symbols *symbols = symbols_create();
    lifetimes_find(
        snapshots, count, &(struct lifetimes_seen){&notes.life, notes.others, notes.other_count});
    for (size_t i = 0; i < count; i++) {
        if (argc > 2)
            show_threads(snapshots[i]);
        else
            show(snapshots[i], symbols);
        snapshot_destroy(snapshots[i]);
    }
    symbols_destroy(symbols);
    notes_finish(&notes);
    session_finish(&session, true);
    return 0;
}
