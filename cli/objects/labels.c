/*
 * labels.c - what a report says of the objects that calls have waited for.
 */
#include "objects/labels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace/snapshot.h"

/* What a thread did last. */
struct latest {
    uint32_t leaf; /* the one that it has entered; SNAPSHOT_NONE: none */
    uint64_t entered_ns;
    const struct snapshot_open_call *open; /* its latest call that has not returned; NULL: none */
};

/* What is known of the objects of one process. */
struct process_labels {
    const struct snapshot *snapshot;
    struct object_text *texts; /* by object and direction; malloc'ed, NULL until it is needed */
    struct latest *latest;     /* by thread; likewise */
};

struct labels {
    struct process_labels *processes; /* malloc'ed; sorted by the addresses of the snapshots */
    size_t count;
    struct peers *peers;
    struct symbols *symbols;
    struct path_style style;
    const char *directory;
};

static int compare_snapshots(const void *left, const void *right)
{
    const struct process_labels *a = left, *b = right;
    return a->snapshot < b->snapshot ? -1 : a->snapshot > b->snapshot;
}

struct labels *labels_create(struct snapshot *const *snapshots, size_t count,
    struct symbols *symbols, const struct path_style *style, const char *directory)
{
    struct labels *labels = calloc(1, sizeof *labels);
    if (labels == NULL)
        return NULL;
    *labels = (struct labels){.symbols = symbols, .style = *style, .directory = directory};
    labels->processes = calloc(count + 1, sizeof *labels->processes);
    labels->peers = peers_create(snapshots, count);
    if (labels->processes == NULL || labels->peers == NULL) {
        labels_destroy(labels);
        return NULL;
    }
    for (size_t i = 0; i < count; i++)
        labels->processes[labels->count++].snapshot = snapshots[i];
    qsort(labels->processes, count, sizeof *labels->processes, compare_snapshots);
    return labels;
}

static void finish_process(struct process_labels *process)
{
    size_t count = process->texts ? process->snapshot->objects.count * DIRECTIONS : 0;
    for (size_t i = 0; i < count; i++)
        object_text_finish(&process->texts[i]);
    free(process->texts);
    free(process->latest);
}

void labels_destroy(struct labels *labels)
{
    if (labels == NULL)
        return;
    for (size_t i = 0; i < labels->count; i++)
        finish_process(&labels->processes[i]);
    free(labels->processes);
    peers_destroy(labels->peers);
    free(labels);
}

static struct process_labels *labels_of_process(
    const struct labels *labels, const struct snapshot *snapshot)
{
    const struct process_labels key = {.snapshot = snapshot};
    return bsearch(&key, labels->processes, labels->count, sizeof key, compare_snapshots);
}

/* ---- texts ---- */

const struct object_text *labels_of(struct labels *labels, const struct snapshot *snapshot,
    const struct snapshot_object_calls *calls)
{
    struct process_labels *process = labels_of_process(labels, snapshot);
    enum direction direction = direction_of(
        snapshot_leaf_of(snapshot, &snapshot->nodes[calls->node])->name);
    if (process->texts == NULL)
        process->texts = calloc(snapshot->objects.count, DIRECTIONS * sizeof *process->texts);
    if (process->texts == NULL)
        return NULL;
    struct object_text *text = &process->texts[calls->object * DIRECTIONS + direction];
    if (text->text)
        return text;
    const struct snapshot_object *object = &snapshot->objects.list[calls->object];
    return object_text_make(text, labels->peers, snapshot, object, direction, labels->directory) ==
                   0
               ? text
               : NULL;
}

/* ---- threads ---- */

static const struct snapshot_thread *find_thread(const struct snapshot *snapshot, int tid)
{
    for (size_t i = 0; i < snapshot->thread_count; i++)
        if (snapshot->threads[i].tid == tid)
            return &snapshot->threads[i];
    return NULL;
}

/* Returns the snapshot that has the thread: this one, or another one; NULL: none. */
static const struct snapshot *owner_of(
    const struct labels *labels, const struct snapshot *snapshot, int tid)
{
    if (find_thread(snapshot, tid))
        return snapshot;
    for (size_t i = 0; i < labels->count; i++)
        if (find_thread(labels->processes[i].snapshot, tid))
            return labels->processes[i].snapshot;
    return NULL;
}

char *labels_thread(const struct labels *labels, const struct snapshot *snapshot, int tid)
{
    const struct snapshot *owner = owner_of(labels, snapshot, tid);
    const struct snapshot_thread *thread = owner ? find_thread(owner, tid) : NULL;
    char *text = NULL;
    int length = thread && tid == owner->pid ? asprintf(&text, "the main thread [%d]", tid)
                 : thread && thread->name[0]
                     ? asprintf(&text, "thread %d \"%s\"", tid, thread->name)
                     : asprintf(&text, "thread %d", tid);
    return length < 0 ? NULL : text;
}

static void note_leaf(struct latest *latest, const struct snapshot_leaf *leaf, uint32_t node)
{
    if (leaf == NULL || leaf->hits == 0 ||
        (latest->leaf != SNAPSHOT_NONE && leaf->entered_ns < latest->entered_ns))
        return;
    latest->leaf = node;
    latest->entered_ns = leaf->entered_ns;
}

static bool labels_find_latest(struct process_labels *process)
{
    const struct snapshot *snapshot = process->snapshot;
    process->latest = calloc(snapshot->thread_count + 1, sizeof *process->latest);
    if (process->latest == NULL)
        return false;
    for (size_t i = 0; i < snapshot->thread_count; i++)
        process->latest[i].leaf = SNAPSHOT_NONE;
    for (uint32_t i = 0; i < snapshot->node_count; i++) {
        const struct snapshot_node *node = &snapshot->nodes[i];
        note_leaf(&process->latest[node->thread], snapshot_leaf_of(snapshot, node), i);
    }
    for (size_t i = 0; i < snapshot->open_call_count; i++) {
        const struct snapshot_open_call *call = &snapshot->open_calls[i];
        struct latest *latest = &process->latest[snapshot->nodes[call->node].thread];
        if (call->owner != OPEN_THREAD)
            continue;
        if (latest->open == NULL || call->since_ns > latest->open->since_ns)
            latest->open = call;
    }
    return true;
}

static void wait_for_object(struct labels_wait *wait, const struct snapshot_open_call *open)
{
    size_t count = 0;
    const struct snapshot_object_calls *calls = objects_of(
        &wait->snapshot->objects, open->node, &count);
    wait->node = open->node;
    wait->since_ns = open->since_ns;
    for (size_t i = 0; i < count; i++)
        if (calls[i].object == open->object)
            wait->calls = &calls[i];
}

/* Without a record of an open call, a thread waits in the leaf that it has entered last, if that
 * has not returned. */
static void wait_in_leaf(struct labels_wait *wait, const struct latest *latest)
{
    size_t count = 0;
    const struct objects *objects = &wait->snapshot->objects;
    const struct snapshot_object_calls *calls = objects_of(objects, latest->leaf, &count);
    for (size_t i = 0; i < count; i++)
        if (calls[i].hits > calls[i].returns)
            wait->calls = &calls[i];
    if (wait->calls == NULL)
        return;
    wait->node = latest->leaf;
    wait->since_ns = latest->entered_ns;
}

struct labels_wait labels_wait_of(struct labels *labels, const struct snapshot *snapshot, int tid)
{
    const struct snapshot *owner = owner_of(labels, snapshot, tid);
    struct labels_wait wait = {.snapshot = owner, .node = SNAPSHOT_NONE, .tid = tid};
    struct process_labels *process = owner ? labels_of_process(labels, owner) : NULL;
    if (process == NULL || (process->latest == NULL && !labels_find_latest(process)))
        return wait;
    const struct latest *latest = &process->latest[find_thread(owner, tid) - owner->threads];
    if (latest->open)
        wait_for_object(&wait, latest->open);
    else
        wait_in_leaf(&wait, latest);
    return wait;
}

/* ---- notes ---- */

char *labels_path(
    const struct labels *labels, const struct snapshot *snapshot, uint32_t node, bool is_short)
{
    const struct snapshot_node *leaf = &snapshot->nodes[node];
    return path_text(snapshot, leaf->caller, snapshot_leaf_of(snapshot, leaf)->name,
        labels->symbols, &labels->style, is_short);
}

/* Returns ", itself in main > read of /etc/passwd", or "" if it is in no call. */
static char *where_holder_waits(struct labels *labels, const struct snapshot *snapshot, int tid)
{
    struct labels_wait wait = labels_wait_of(labels, snapshot, tid);
    if (wait.node == SNAPSHOT_NONE)
        return strdup("");
    const struct object_text *object = wait.calls ? labels_of(labels, wait.snapshot, wait.calls)
                                                  : NULL;
    char *path = labels_path(labels, wait.snapshot, wait.node, false), *text = NULL;
    if (path && asprintf(&text, ", itself in %s%s%s", path, object ? " of " : "",
                    object ? object->text : "") < 0)
        text = NULL;
    free(path);
    return text;
}

/* The open call says more than the longest one that has ended. */
static char *holder_note(struct labels *labels, const struct snapshot *snapshot,
    const struct snapshot_object_calls *calls, bool is_short)
{
    bool is_open = calls->hits > calls->returns;
    int tid = is_open ? calls->holder : calls->longest_holder;
    char *text = NULL;
    if (tid == 0)
        return NULL;
    char *thread = labels_thread(labels, snapshot, tid);
    char *where = is_open && !is_short ? where_holder_waits(labels, snapshot, tid) : strdup("");
    if (thread && where && asprintf(&text, "held by %s%s", thread, where) < 0)
        text = NULL;
    free(thread);
    free(where);
    return text;
}

static char *ended_note(const struct labels *labels, const struct snapshot *snapshot,
    const struct snapshot_object_calls *calls, bool is_short)
{
    uint32_t index = calls->longest_ended_by != OBJECTS_NONE ? calls->longest_ended_by
                                                             : calls->ended_by;
    char *text = NULL;
    if (index == OBJECTS_NONE || calls->returns == 0)
        return NULL;
    const struct snapshot_waker *waker = &snapshot->objects.wakers[index];
    char *path = path_text(
        snapshot, waker->caller, waker->name, labels->symbols, &labels->style, is_short);
    if (path && asprintf(&text, "let go by %s", path) < 0)
        text = NULL;
    free(path);
    return text;
}

char *labels_note(struct labels *labels, const struct snapshot *snapshot,
    const struct snapshot_object_calls *calls, bool is_short)
{
    char *held = holder_note(labels, snapshot, calls, is_short);
    char *ended = ended_note(labels, snapshot, calls, is_short), *text = NULL;
    if (held == NULL || ended == NULL)
        return held ? held : ended;
    if (asprintf(&text, "%s, %s", held, ended) < 0)
        text = NULL;
    free(held);
    free(ended);
    return text;
}
