/*
 * get_process.c - reads snapshots from a saved file, and checks them as those of a trace.
 */
#include "saved/parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/sum.h"
#include "saved/layout.h"
#include "saved/reader.h"
#include "saved/saved.h"
#include "trace/group.h"
#include "trace/snapshot.h"
#include "trace/words.h"
#include "trace_format.h"

#define LIST_MAX (1u << 25) /* elements of a list */

static const char inconsistent[] = "it is damaged";

/* Returns the number of elements that follow. */
static size_t get_count(struct reader *reader)
{
    return reader_number_to(reader, LIST_MAX);
}

static void take_process_flags(struct snapshot *snapshot, uint64_t flags)
{
    snapshot->forked = flags & SAVED_FLAG_FORKED;
    snapshot->has_times = flags & SAVED_FLAG_HAS_TIMES;
    snapshot->is_first = flags & SAVED_FLAG_IS_FIRST;
    snapshot->is_running = flags & SAVED_FLAG_IS_RUNNING;
    snapshot->has_clock_stopped = flags & SAVED_FLAG_CLOCK_STOPPED;
    snapshot->has_missed_libraries = flags & SAVED_FLAG_MISSED_LIBRARIES;
    snapshot->has_unmapped = flags & SAVED_FLAG_UNMAPPED;
    snapshot->usage.is_known = flags & SAVED_FLAG_USAGE_KNOWN;
    snapshot->usage.has_wait_status = flags & SAVED_FLAG_WAIT_STATUS;
}

/* A process can only have executed another one that comes after it. */
static void take_former(
    struct reader *reader, const struct saved *saved, struct snapshot *snapshot, uint64_t number)
{
    if (number > saved->snapshot_count)
        reader_fail(reader, inconsistent);
    else if (number > 0)
        snapshot->former = saved->snapshots[number - 1];
}

static void take_process_number(struct reader *reader, const struct saved *saved,
    struct snapshot *snapshot, uint64_t tag, uint64_t number)
{
    switch (tag) {
    case SAVED_PROCESS_FLAGS: take_process_flags(snapshot, number); break;
    case SAVED_PROCESS_PID: snapshot->pid = (int)number; break;
    case SAVED_PROCESS_PARENT: snapshot->parent_pid = (int)number; break;
    case SAVED_PROCESS_START: snapshot->start_ns = number; break;
    case SAVED_PROCESS_TAKEN: snapshot->taken_ns = number; break;
    case SAVED_PROCESS_BIRTH: snapshot->birth = number; break;
    case SAVED_PROCESS_UNSEEN_CALLS: snapshot->unseen_calls = number; break;
    case SAVED_PROCESS_DEEP_CALLS: snapshot->deep_calls = number; break;
    case SAVED_PROCESS_UNTRACED_MORE: snapshot->untraced_more = number; break;
    case SAVED_PROCESS_MALFORMED: snapshot->malformed = number; break;
    case SAVED_PROCESS_BEGUN: snapshot->usage.begun_ns = number; break;
    case SAVED_PROCESS_WALL: snapshot->usage.wall_ns = number; break;
    case SAVED_PROCESS_USER: snapshot->usage.user_ns = number; break;
    case SAVED_PROCESS_SYSTEM: snapshot->usage.system_ns = number; break;
    case SAVED_PROCESS_STATUS: snapshot->usage.wait_status = (int)number; break;
    case SAVED_PROCESS_FORMER: take_former(reader, saved, snapshot, number); break;
    default: break;
    }
}

/* `to` has room for `size` bytes. */
static void copy_text(char *to, size_t size, const char *text)
{
    size_t length = text ? strnlen(text, size - 1) : 0;
    memcpy(to, text ? text : "", length);
    memset(to + length, 0, size - length);
}

static void take_process_text(struct snapshot *snapshot, uint64_t tag, const char *text)
{
    switch (tag) {
    case SAVED_PROCESS_PROGRAM: snapshot->program = text ? text : "?"; break;
    case SAVED_PROCESS_COMMAND: snapshot->command = text ? text : ""; break;
    case SAVED_PROCESS_TITLE: copy_text(snapshot->title, sizeof snapshot->title, text); break;
    default: break;
    }
}

static void get_head(struct reader *reader, const struct saved *saved, struct snapshot *snapshot)
{
    uint64_t tag;
    snapshot->program = "?";
    snapshot->command = "";
    while ((tag = reader_number(reader)) != 0)
        take_process_number(reader, saved, snapshot, tag, reader_number(reader));
    while ((tag = reader_number(reader)) != 0)
        take_process_text(snapshot, tag, reader_text(reader));
}

/* Kinds of losses that a later version knows are left out. */
static void get_losses(struct reader *reader, struct snapshot *snapshot)
{
    size_t count = get_count(reader);
    for (size_t i = 0; i < count && reader_problem(reader) == NULL; i++) {
        uint64_t hits = reader_number(reader);
        if (i < TRACE_LOSS_KINDS)
            snapshot->losses[i] = hits;
    }
}

static void get_unhooked(struct reader *reader, struct snapshot *snapshot)
{
    size_t count = reader_number_to(reader, SNAPSHOT_UNHOOKED);
    for (size_t i = 0; i < count && reader_problem(reader) == NULL; i++) {
        struct snapshot_unhooked *unhooked = &snapshot->unhooked[i];
        unhooked->why = trace_unhooked_text(i);
        unhooked->is_linked = i % 2;
        unhooked->count = (uint32_t)reader_number_to(reader, UINT32_MAX);
        if (unhooked->count == 0)
            continue;
        unhooked->is_linked = reader_number(reader);
        unhooked->why = reader_text_or(reader, "?");
        for (size_t k = 0; k < SNAPSHOT_UNHOOKED_NAMES; k++)
            copy_text(unhooked->names[k], sizeof unhooked->names[k], reader_text(reader));
    }
}

static void get_modules(struct reader *reader, struct snapshot *snapshot)
{
    size_t count = get_count(reader), room = 0;
    for (size_t i = 0; i < count; i++) {
        struct snapshot_module module = {.path = reader_text_or(reader, "?")};
        reader_identity(reader, &module.identity);
        if (!reader_grow(reader, &snapshot->modules, i, &room, sizeof module))
            return;
        snapshot->modules[snapshot->module_count++] = module;
    }
}

static void get_threads(struct reader *reader, struct snapshot *snapshot)
{
    size_t count = get_count(reader), room = 0;
    for (size_t i = 0; i < count; i++) {
        struct snapshot_thread thread = {.tid = (int)reader_number(reader)};
        copy_text(thread.name, sizeof thread.name, reader_text(reader));
        thread.first_ns = reader_number(reader);
        thread.successors = (uint32_t)reader_number_to(reader, UINT32_MAX);
        if (!reader_grow(reader, &snapshot->threads, i, &room, sizeof thread))
            return;
        snapshot->threads[snapshot->thread_count++] = thread;
    }
}

/* ---- nodes ---- */

struct before {
    uint32_t module;
    uint64_t address;
};

static void get_frame_node(struct reader *reader, const struct snapshot *snapshot, unsigned head,
    struct snapshot_node *node, struct before *before)
{
    node->module = before->module;
    if (!(head & SAVED_NODE_SAME_MODULE)) {
        uint64_t module = reader_number_to(reader, snapshot->module_count);
        node->module = module == 0 ? SNAPSHOT_NONE : (uint32_t)(module - 1);
    }
    node->address = before->address + (uint64_t)reader_signed(reader);
    node->flags = reader_number(reader) & UINT8_MAX;
    before->module = node->module;
    before->address = node->address;
}

/* `room` is that of snapshot->leaves[]. */
static void get_leaf(struct reader *reader, struct snapshot *snapshot, unsigned head,
    struct snapshot_node *node, size_t *room)
{
    struct snapshot_leaf leaf = {.name = reader_text(reader)};
    if (leaf.name == NULL || *leaf.name == '\0')
        reader_fail(reader, inconsistent);
    leaf.hits = reader_number(reader);
    leaf.returns = leaf.hits - reader_number_to(reader, leaf.hits);
    if (snapshot->has_times) {
        leaf.total_ns = reader_number(reader);
        leaf.longest_ns = reader_number(reader);
    }
    if (snapshot->has_times && head & SAVED_NODE_ENTERED)
        leaf.entered_ns = snapshot->start_ns + (uint64_t)reader_signed(reader);
    if (!reader_grow(reader, &snapshot->leaves, snapshot->leaf_count, room, sizeof leaf))
        return;
    node->module = SNAPSHOT_NONE;
    node->leaf = (uint32_t)snapshot->leaf_count;
    snapshot->leaves[snapshot->leaf_count++] = leaf;
}

/* Sets the caller, and the thread, which is the caller's. */
static void get_caller(
    struct reader *reader, const struct snapshot *snapshot, struct snapshot_node *node)
{
    uint64_t back = reader_number_to(reader, snapshot->node_count);
    node->caller = SNAPSHOT_NONE;
    if (back == 0) {
        node->thread = (uint32_t)reader_number_to(reader, UINT32_MAX);
        if (node->thread >= snapshot->thread_count)
            reader_fail(reader, inconsistent);
        return;
    }
    node->caller = (uint32_t)(snapshot->node_count - back);
    const struct snapshot_node *caller = &snapshot->nodes[node->caller];
    node->thread = caller->thread;
    if (caller->kind == SNAPSHOT_LEAF)
        reader_fail(reader, inconsistent);
}

static struct snapshot_node get_node(
    struct reader *reader, struct snapshot *snapshot, struct before *before, size_t *leaf_room)
{
    struct snapshot_node node = {0};
    unsigned head = (unsigned)reader_number_to(reader, UINT32_MAX);
    if ((head & SAVED_NODE_KIND) > SNAPSHOT_LEAF)
        reader_fail(reader, inconsistent);
    node.kind = head & SAVED_NODE_KIND;
    get_caller(reader, snapshot, &node);
    if (head & SAVED_NODE_WITHIN)
        node.within = reader_text(reader);
    if (node.kind == SNAPSHOT_LEAF)
        get_leaf(reader, snapshot, head, &node, leaf_room);
    else
        get_frame_node(reader, snapshot, head, &node, before);
    return node;
}

static void get_nodes(struct reader *reader, struct snapshot *snapshot)
{
    size_t count = get_count(reader), room = 0, leaf_room = 0;
    struct before before = {.module = SNAPSHOT_NONE};
    for (size_t i = 0; i < count; i++) {
        struct snapshot_node node = get_node(reader, snapshot, &before, &leaf_room);
        if (!reader_grow(reader, &snapshot->nodes, i, &room, sizeof node))
            return;
        snapshot->nodes[snapshot->node_count++] = node;
    }
}

/* ---- calls of the root ---- */

/* The leaves of all calls are in one array, which moves when it grows. */
struct call_leaves {
    size_t count, room;
};

static void get_call_leaves(struct reader *reader, struct snapshot *snapshot,
    struct snapshot_call *call, struct call_leaves *leaves)
{
    size_t count = get_count(reader);
    for (size_t i = 0; i < count; i++) {
        struct snapshot_call_leaf leaf = {.node = (uint32_t)reader_number_to(reader, UINT32_MAX)};
        leaf.hits = reader_number(reader);
        leaf.total_ns = reader_number(reader);
        if (leaf.node >= snapshot->node_count || snapshot->nodes[leaf.node].kind != SNAPSHOT_LEAF ||
            snapshot->nodes[leaf.node].thread != call->thread)
            reader_fail(reader, inconsistent);
        if (!reader_grow(reader, &snapshot->call_leaves, leaves->count, &leaves->room, sizeof leaf))
            return;
        snapshot->call_leaves[leaves->count++] = leaf;
        call->leaf_count++;
    }
}

static struct snapshot_call get_call(struct reader *reader, const struct snapshot *snapshot)
{
    uint64_t flags = reader_number(reader);
    struct snapshot_call call = {.is_open = flags & SAVED_CALL_OPEN,
        .is_rest = flags & SAVED_CALL_REST,
        .is_incomplete = flags & SAVED_CALL_INCOMPLETE};
    call.thread = (uint32_t)reader_number_to(reader, UINT32_MAX);
    call.count = reader_number(reader);
    call.total_ns = reader_number(reader);
    call.longest_ns = reader_number(reader);
    call.jumped = reader_number_to(reader, call.count);
    call.entered_ns = reader_number(reader);
    if (call.count == 0 || call.thread >= snapshot->thread_count)
        reader_fail(reader, inconsistent);
    return call;
}

static void point_at_leaves(struct snapshot *snapshot)
{
    struct snapshot_call_leaf *leaves = snapshot->call_leaves;
    for (size_t i = 0; i < snapshot->call_count; i++) {
        snapshot->calls[i].leaves = leaves;
        leaves += snapshot->calls[i].leaf_count;
    }
}

static void get_calls(struct reader *reader, struct snapshot *snapshot)
{
    size_t count = get_count(reader), room = 0;
    struct call_leaves leaves = {0};
    for (size_t i = 0; i < count; i++) {
        struct snapshot_call call = get_call(reader, snapshot);
        get_call_leaves(reader, snapshot, &call, &leaves);
        if (!reader_grow(reader, &snapshot->calls, i, &room, sizeof call))
            return;
        snapshot->calls[snapshot->call_count++] = call;
    }
    if (leaves.count > 0)
        point_at_leaves(snapshot);
}

/* ---- the rest ---- */

static void get_untimed(struct reader *reader, struct snapshot *snapshot)
{
    size_t count = get_count(reader), room = 0;
    for (size_t i = 0; i < count; i++) {
        struct snapshot_untimed untimed = {.leaf = reader_text_or(reader, "?")};
        untimed.calls = reader_number(reader);
        if (!reader_grow(reader, &snapshot->untimed, i, &room, sizeof untimed))
            return;
        snapshot->untimed[snapshot->untimed_count++] = untimed;
    }
}

/* There are no words for a reason that a later version knows. */
static void get_untraced(struct reader *reader, struct snapshot *snapshot)
{
    size_t count = get_count(reader), room = 0;
    for (size_t i = 0; i < count; i++) {
        struct snapshot_untraced untraced = {.path = reader_text_or(reader, "?")};
        untraced.reason = (uint32_t)reader_number_to(reader, UINT32_MAX);
        untraced.count = reader_number(reader);
        if (!reader_grow(
                reader, &snapshot->untraced, snapshot->untraced_count, &room, sizeof untraced))
            return;
        if (trace_untraced_text(untraced.reason) && untraced.count > 0)
            snapshot->untraced[snapshot->untraced_count++] = untraced;
        else
            snapshot->untraced_more = add_clamped(snapshot->untraced_more, untraced.count);
    }
}

static void get_process(struct reader *reader, const struct saved *saved, struct snapshot *snapshot)
{
    get_head(reader, saved, snapshot);
    get_losses(reader, snapshot);
    get_unhooked(reader, snapshot);
    get_modules(reader, snapshot);
    get_threads(reader, snapshot);
    get_nodes(reader, snapshot);
    get_calls(reader, snapshot);
    get_untimed(reader, snapshot);
    get_untraced(reader, snapshot);
    if (reader_problem(reader) == NULL && snapshot_group_nodes(snapshot) != 0)
        reader_fail(reader, "out of memory");
}

void saved_get_processes(struct reader *reader, struct saved *saved)
{
    size_t count = get_count(reader);
    for (size_t i = 0; i < count; i++) {
        if (!reader_grow(reader, &saved->snapshots, saved->snapshot_count, &saved->snapshot_room,
                sizeof *saved->snapshots))
            return;
        struct snapshot *snapshot = snapshot_create();
        if (snapshot == NULL) {
            reader_fail(reader, "out of memory");
            return;
        }
        get_process(reader, saved, snapshot);
        saved->snapshots[saved->snapshot_count++] = snapshot;
    }
}

/* ---- what later versions have added ---- */

static void get_thread_times(struct reader *reader, const struct snapshot *snapshot)
{
    if (get_count(reader) != snapshot->thread_count)
        reader_fail(reader, inconsistent);
    for (size_t i = 0; i < snapshot->thread_count && reader_problem(reader) == NULL; i++) {
        snapshot->threads[i].ran_ns = reader_number(reader);
        snapshot->threads[i].cpu_ns = reader_number(reader);
    }
}

void saved_get_threads(struct reader *reader, struct saved *saved)
{
    if (get_count(reader) != saved->snapshot_count)
        reader_fail(reader, inconsistent);
    for (size_t i = 0; i < saved->snapshot_count && reader_problem(reader) == NULL; i++)
        get_thread_times(reader, saved->snapshots[i]);
}
