/*
 * put_process.c - writes snapshots into a saved file.
 */
#include "saved/parts.h"

#include <string.h>

#include "saved/layout.h"
#include "saved/saved.h"
#include "saved/writer.h"
#include "trace/snapshot.h"

/* A field that is new in one of these must be saved, too (docs/formats.md). Not saved is what the
 * process said of its times (`own`) and when a running thread began (`begun_ns`): all that follows
 * from it is in `usage` and in the thread's times, ages (see snapshot_keep_open), when open calls
 * were listed, and where a record stands in the trace. Objects and open calls have sections of
 * their own. */
_Static_assert(
    sizeof(struct snapshot) == 2632 + sizeof(struct objects), "a new field of a snapshot is saved");
_Static_assert(sizeof(struct snapshot_node) == 32, "a new field of a node is saved");
_Static_assert(sizeof(struct snapshot_leaf) == 104, "a new field of a leaf is saved");
_Static_assert(sizeof(struct snapshot_call) == 72, "a new field of a call is saved");
_Static_assert(sizeof(struct snapshot_value) == 80, "a new field of a value is saved");
_Static_assert(sizeof(struct snapshot_thread) == 64, "a new field of a thread is saved");
_Static_assert(sizeof(struct snapshot_object) == 88, "a new field of an object is saved");
_Static_assert(sizeof(struct snapshot_object_calls) == 72, "a new field of its calls is saved");
_Static_assert(sizeof(struct snapshot_waker) == 16, "a new field of a waker is saved");
_Static_assert(sizeof(struct snapshot_module) == 64, "a new field of a module is saved");

static void put_process_number(struct writer *writer, unsigned tag, uint64_t number)
{
    if (number == 0)
        return;
    writer_number(writer, tag);
    writer_number(writer, number);
}

static uint64_t flags_of_process(const struct snapshot *snapshot)
{
    return (snapshot->forked ? SAVED_FLAG_FORKED : 0) |
           (snapshot->has_times ? SAVED_FLAG_HAS_TIMES : 0) |
           (snapshot->is_first ? SAVED_FLAG_IS_FIRST : 0) |
           (snapshot->is_running ? SAVED_FLAG_IS_RUNNING : 0) |
           (snapshot->has_clock_stopped ? SAVED_FLAG_CLOCK_STOPPED : 0) |
           (snapshot->has_missed_libraries ? SAVED_FLAG_MISSED_LIBRARIES : 0) |
           (snapshot->has_unmapped ? SAVED_FLAG_UNMAPPED : 0) |
           (snapshot->usage.is_known ? SAVED_FLAG_USAGE_KNOWN : 0) |
           (snapshot->usage.has_wait_status ? SAVED_FLAG_WAIT_STATUS : 0);
}

/* Returns 1 + the index of the former program of the process; 0: none. */
static uint64_t former_of(const struct saved *saved, const struct snapshot *snapshot)
{
    for (size_t i = 0; snapshot->former && i < saved->snapshot_count; i++)
        if (saved->snapshots[i] == snapshot->former)
            return i + 1;
    return 0;
}

static void put_usage(struct writer *writer, const struct process_usage *usage)
{
    put_process_number(writer, SAVED_PROCESS_BEGUN, usage->begun_ns);
    put_process_number(writer, SAVED_PROCESS_WALL, usage->wall_ns);
    put_process_number(writer, SAVED_PROCESS_USER, usage->user_ns);
    put_process_number(writer, SAVED_PROCESS_SYSTEM, usage->system_ns);
    put_process_number(writer, SAVED_PROCESS_STATUS, (uint32_t)usage->wait_status);
}

static void put_numbers(
    struct writer *writer, const struct saved *saved, const struct snapshot *snapshot)
{
    put_process_number(writer, SAVED_PROCESS_FLAGS, flags_of_process(snapshot));
    put_process_number(writer, SAVED_PROCESS_PID, (uint32_t)snapshot->pid);
    put_process_number(writer, SAVED_PROCESS_PARENT, (uint32_t)snapshot->parent_pid);
    put_process_number(writer, SAVED_PROCESS_START, snapshot->start_ns);
    put_process_number(writer, SAVED_PROCESS_TAKEN, snapshot->taken_ns);
    put_process_number(writer, SAVED_PROCESS_BIRTH, snapshot->birth);
    put_process_number(writer, SAVED_PROCESS_UNSEEN_CALLS, snapshot->unseen_calls);
    put_process_number(writer, SAVED_PROCESS_DEEP_CALLS, snapshot->deep_calls);
    put_process_number(writer, SAVED_PROCESS_UNTRACED_MORE, snapshot->untraced_more);
    put_process_number(writer, SAVED_PROCESS_MALFORMED, snapshot->malformed);
    put_process_number(writer, SAVED_PROCESS_FORMER, former_of(saved, snapshot));
    put_usage(writer, &snapshot->usage);
    writer_number(writer, 0);
}

/* Of a command line, the base name of the program. */
static void put_name(struct writer *writer, const char *command)
{
    size_t end = strcspn(command, " "), begin = end;
    while (begin > 0 && command[begin - 1] != '/')
        begin--;
    writer_text_part(writer, command + begin, end - begin);
}

static void put_texts(struct writer *writer, const struct snapshot *snapshot, bool redacts)
{
    writer_number(writer, SAVED_PROCESS_PROGRAM);
    writer_text(writer, saved_path(snapshot->program, redacts));
    writer_number(writer, SAVED_PROCESS_COMMAND);
    if (redacts) {
        put_name(writer, snapshot->command);
    } else {
        writer_text(writer, snapshot->command);
        writer_number(writer, SAVED_PROCESS_TITLE);
        writer_text(writer, snapshot->title);
    }
    writer_number(writer, 0);
}

static void put_losses(struct writer *writer, const struct snapshot *snapshot)
{
    const size_t count = sizeof snapshot->losses / sizeof *snapshot->losses;
    writer_number(writer, count);
    for (size_t i = 0; i < count; i++)
        writer_number(writer, snapshot->losses[i]);
}

static void put_unhooked(struct writer *writer, const struct snapshot *snapshot)
{
    writer_number(writer, SNAPSHOT_UNHOOKED);
    for (size_t i = 0; i < SNAPSHOT_UNHOOKED; i++) {
        const struct snapshot_unhooked *unhooked = &snapshot->unhooked[i];
        writer_number(writer, unhooked->count);
        if (unhooked->count == 0)
            continue;
        writer_number(writer, unhooked->is_linked);
        writer_text(writer, unhooked->why);
        for (size_t k = 0; k < SNAPSHOT_UNHOOKED_NAMES; k++)
            writer_text(writer, unhooked->names[k]);
    }
}

static void put_modules(struct writer *writer, const struct snapshot *snapshot, bool redacts)
{
    writer_number(writer, snapshot->module_count);
    for (size_t i = 0; i < snapshot->module_count; i++) {
        const struct file_identity *identity = &snapshot->modules[i].identity;
        writer_text(writer, saved_path(snapshot->modules[i].path, redacts));
        writer_identity(writer, identity);
    }
}

static void put_threads(struct writer *writer, const struct snapshot *snapshot)
{
    writer_number(writer, snapshot->thread_count);
    for (size_t i = 0; i < snapshot->thread_count; i++) {
        const struct snapshot_thread *thread = &snapshot->threads[i];
        writer_number(writer, (uint32_t)thread->tid);
        writer_text(writer, thread->name);
        writer_number(writer, thread->first_ns);
        writer_number(writer, thread->successors);
    }
}

/* What a node's numbers are relative to. */
struct before {
    uint32_t module;
    uint64_t address;
};

static void put_frame_node(
    struct writer *writer, const struct snapshot_node *node, unsigned head, struct before *before)
{
    if (!(head & SAVED_NODE_SAME_MODULE))
        writer_number(writer, node->module == SNAPSHOT_NONE ? 0 : (uint64_t)node->module + 1);
    writer_signed(writer, (int64_t)(node->address - before->address));
    writer_number(writer, node->flags);
    before->module = node->module;
    before->address = node->address;
}

static void put_leaf(
    struct writer *writer, const struct snapshot_leaf *leaf, const struct snapshot *snapshot)
{
    writer_text(writer, leaf->name);
    writer_number(writer, leaf->hits);
    writer_number(writer, leaf->hits - leaf->returns);
    if (!snapshot->has_times)
        return;
    writer_number(writer, leaf->total_ns);
    writer_number(writer, leaf->longest_ns);
    if (leaf->entered_ns)
        writer_signed(writer, (int64_t)(leaf->entered_ns - snapshot->start_ns));
}

static unsigned head_of(
    const struct snapshot_node *node, const struct snapshot *snapshot, const struct before *before)
{
    unsigned head = node->kind | (node->within ? SAVED_NODE_WITHIN : 0);
    const struct snapshot_leaf *leaf = snapshot_leaf_of(snapshot, node);
    if (leaf)
        return head | (snapshot->has_times && leaf->entered_ns ? SAVED_NODE_ENTERED : 0);
    return head | (node->module == before->module ? SAVED_NODE_SAME_MODULE : 0);
}

static void put_nodes(struct writer *writer, const struct snapshot *snapshot)
{
    struct before before = {.module = SNAPSHOT_NONE};
    writer_number(writer, snapshot->node_count);
    for (size_t i = 0; i < snapshot->node_count; i++) {
        const struct snapshot_node *node = &snapshot->nodes[i];
        unsigned head = head_of(node, snapshot, &before);
        writer_number(writer, head);
        writer_number(writer, node->caller == SNAPSHOT_NONE ? 0 : i - node->caller);
        if (node->caller == SNAPSHOT_NONE) /* else it is the caller's */
            writer_number(writer, node->thread);
        if (node->within)
            writer_text(writer, node->within);
        if (node->kind == SNAPSHOT_LEAF)
            put_leaf(writer, snapshot_leaf_of(snapshot, node), snapshot);
        else
            put_frame_node(writer, node, head, &before);
    }
}

static void put_call(struct writer *writer, const struct snapshot_call *call)
{
    writer_number(writer, (call->is_open ? SAVED_CALL_OPEN : 0) |
                              (call->is_rest ? SAVED_CALL_REST : 0) |
                              (call->is_incomplete ? SAVED_CALL_INCOMPLETE : 0));
    writer_number(writer, call->thread);
    writer_number(writer, call->count);
    writer_number(writer, call->total_ns);
    writer_number(writer, call->longest_ns);
    writer_number(writer, call->jumped);
    writer_number(writer, call->entered_ns);
    writer_number(writer, call->leaf_count);
    for (size_t i = 0; i < call->leaf_count; i++) {
        writer_number(writer, call->leaves[i].node);
        writer_number(writer, call->leaves[i].hits);
        writer_number(writer, call->leaves[i].total_ns);
    }
}

static void put_calls(struct writer *writer, const struct snapshot *snapshot)
{
    writer_number(writer, snapshot->call_count);
    for (size_t i = 0; i < snapshot->call_count; i++)
        put_call(writer, &snapshot->calls[i]);
}

static void put_others(struct writer *writer, const struct snapshot *snapshot, bool redacts)
{
    writer_number(writer, snapshot->untimed_count);
    for (size_t i = 0; i < snapshot->untimed_count; i++) {
        writer_text(writer, snapshot->untimed[i].leaf);
        writer_number(writer, snapshot->untimed[i].calls);
    }
    writer_number(writer, snapshot->untraced_count);
    for (size_t i = 0; i < snapshot->untraced_count; i++) {
        const struct snapshot_untraced *untraced = &snapshot->untraced[i];
        writer_text(writer, saved_path(untraced->path, redacts));
        writer_number(writer, untraced->reason);
        writer_number(writer, untraced->count);
    }
}

static void put_process(
    struct writer *writer, const struct saved *saved, const struct snapshot *snapshot, bool redacts)
{
    put_numbers(writer, saved, snapshot);
    put_texts(writer, snapshot, redacts);
    put_losses(writer, snapshot);
    put_unhooked(writer, snapshot);
    put_modules(writer, snapshot, redacts);
    put_threads(writer, snapshot);
    put_nodes(writer, snapshot);
    put_calls(writer, snapshot);
    put_others(writer, snapshot, redacts);
}

void saved_put_processes(struct writer *writer, const struct saved *saved, bool redacts)
{
    writer_number(writer, saved->snapshot_count);
    for (size_t i = 0; i < saved->snapshot_count; i++)
        put_process(writer, saved, saved->snapshots[i], redacts);
}

/* ---- what later versions have added ---- */

static void put_thread_times(struct writer *writer, const struct snapshot *snapshot)
{
    writer_number(writer, snapshot->thread_count);
    for (size_t i = 0; i < snapshot->thread_count; i++) {
        writer_number(writer, snapshot->threads[i].ran_ns);
        writer_number(writer, snapshot->threads[i].cpu_ns);
    }
}

void saved_put_threads(struct writer *writer, const struct saved *saved)
{
    writer_number(writer, saved->snapshot_count);
    for (size_t i = 0; i < saved->snapshot_count; i++)
        put_thread_times(writer, saved->snapshots[i]);
}
