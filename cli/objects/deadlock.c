/*
 * deadlock.c - finds threads that wait for one another.
 *
 * A thread waits for at most one lock, and that has at most one holder. So who starts at a thread
 * and goes from holder to holder comes to an end, or into a circle.
 */
#include "objects/deadlock.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "objects/labels.h"
#include "objects/process_name.h"
#include "trace/snapshot.h"

/* A thread that waits for a lock. */
struct waiting {
    struct labels_wait wait;
    size_t seen_from; /* 1 + index of the thread from which it was met first; 0: not yet */
};

struct waits {
    struct waiting *list; /* malloc'ed */
    size_t count, room;
};

/* While a program runs, a thread may have let its lock go a moment ago, and the one that waits for
 * it has not been woken yet. */
#define LEAST_NS UINT64_C(10000000)

/* Returns whether the call has lasted so long that it is no such moment, as far as that is known.
 */
static bool has_lasted(const struct labels_wait *wait)
{
    const struct snapshot *snapshot = wait->snapshot;
    uint64_t since_ns = wait->since_ns, end_ns = snapshot_end_ns(snapshot);
    return snapshot_is_end_guessed(snapshot) || since_ns == 0 || end_ns == 0 ||
           (end_ns > since_ns && end_ns - since_ns >= LEAST_NS);
}

static int list_waits(struct waits *waits, struct labels *labels, const struct snapshot *snapshot)
{
    const struct objects *objects = &snapshot->objects;
    for (size_t i = 0; i < snapshot->thread_count && objects->call_count > 0; i++) {
        struct labels_wait wait = labels_wait_of(labels, snapshot, snapshot->threads[i].tid);
        if (wait.calls == NULL || wait.snapshot != snapshot || wait.calls->holder == 0 ||
            !has_lasted(&wait) || !objects_is_lock(objects->list[wait.calls->object].type))
            continue;
        if (array_reserve(&waits->list, waits->count, 1, &waits->room, sizeof *waits->list) != 0)
            return -ENOMEM;
        waits->list[waits->count++] = (struct waiting){.wait = wait};
    }
    return 0;
}

/* Returns the wait of the thread that held the lock; NULL: it does not wait for a lock. A thread of
 * the same process comes first: others may have the same number in other PID namespaces. */
static struct waiting *next_wait(const struct waits *waits, const struct waiting *from)
{
    struct waiting *found = NULL;
    for (size_t i = 0; i < waits->count; i++) {
        struct waiting *waiting = &waits->list[i];
        if (waiting->wait.tid != from->wait.calls->holder)
            continue;
        if (waiting->wait.snapshot == from->wait.snapshot)
            return waiting;
        found = waiting;
    }
    return found;
}

static struct deadlock_wait describe_wait(struct labels *labels, const struct labels_wait *wait)
{
    const struct object_text *lock = labels_of(labels, wait->snapshot, wait->calls);
    return (struct deadlock_wait){.thread = labels_thread(labels, wait->snapshot, wait->tid),
        .lock = lock ? strdup(lock->text) : NULL,
        .path = labels_path(labels, wait->snapshot, wait->calls->node, false)};
}

static char *describe_process(const struct snapshot *snapshot)
{
    char *name = process_name(snapshot), *text = NULL;
    if (name && asprintf(&text, "%s[%d]", name, snapshot->pid) < 0)
        text = NULL;
    free(name);
    return text;
}

static int add_circle(struct deadlocks *deadlocks, struct labels *labels, const struct waits *waits,
    const struct waiting *first)
{
    size_t room = 0;
    const struct waiting *at = first;
    if (array_reserve(
            &deadlocks->list, deadlocks->count, 1, &deadlocks->room, sizeof *deadlocks->list) != 0)
        return -ENOMEM;
    struct deadlock *deadlock = &deadlocks->list[deadlocks->count++];
    *deadlock = (struct deadlock){.process = describe_process(first->wait.snapshot)};
    do {
        if (array_reserve(&deadlock->waits, deadlock->count, 1, &room, sizeof *deadlock->waits) !=
            0)
            return -ENOMEM;
        deadlock->waits[deadlock->count++] = describe_wait(labels, &at->wait);
        at = next_wait(waits, at);
    } while (at != first);
    return 0;
}

int deadlocks_find(struct deadlocks *deadlocks, struct labels *labels,
    struct snapshot *const *snapshots, size_t count)
{
    struct waits waits = {.count = 0};
    int error = 0;
    for (size_t i = 0; i < count && error == 0; i++)
        error = list_waits(&waits, labels, snapshots[i]);
    for (size_t i = 0; i < waits.count && error == 0; i++) {
        struct waiting *at = &waits.list[i];
        for (; at && at->seen_from == 0; at = next_wait(&waits, at))
            at->seen_from = i + 1;
        if (at && at->seen_from == i + 1)
            error = add_circle(deadlocks, labels, &waits, at);
    }
    free(waits.list);
    return error;
}

static void finish_deadlock(struct deadlock *deadlock)
{
    for (size_t i = 0; i < deadlock->count; i++) {
        free(deadlock->waits[i].thread);
        free(deadlock->waits[i].lock);
        free(deadlock->waits[i].path);
    }
    free(deadlock->waits);
    free(deadlock->process);
}

void deadlocks_finish(struct deadlocks *deadlocks)
{
    for (size_t i = 0; i < deadlocks->count; i++)
        finish_deadlock(&deadlocks->list[i]);
    free(deadlocks->list);
    *deadlocks = (struct deadlocks){.count = 0};
}
