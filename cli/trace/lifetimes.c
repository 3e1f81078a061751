/*
 * lifetimes.c - from when to when the processes of a run ran, and what they took.
 */
#include "trace/lifetimes.h"

#include "base/nanoseconds.h"
#include "base/process_time.h"
#include "base/sum.h"
#include "trace/snapshot.h"
#include "trace_format.h"

#define LOADING_MAX UINT64_C(100000000) /* ns */

/* ---- the images of a process ---- */

/* What is known of one image besides its trace. */
struct image {
    const struct snapshot *snapshot;
    const struct snapshot *former; /* what the same process executed before; NULL: nothing traced */
    const struct snapshot *next;   /* likewise after it */
    bool is_ambiguous;             /* a process of another PID namespace has the same number */
};

/* A pid alone does not identify a process: see session_report.c. */
static bool lifetimes_is_same_process(const struct snapshot *a, const struct snapshot *b)
{
    return a->pid == b->pid && a->birth == b->birth;
}

static struct image lifetimes_find_image(
    struct snapshot *const *snapshots, size_t count, size_t index)
{
    struct image image = {.snapshot = snapshots[index]};
    bool is_over = false;
    for (size_t i = 0; i < count; i++) {
        const struct snapshot *other = snapshots[i];
        if (i == index || other->pid != image.snapshot->pid)
            continue;
        if (!lifetimes_is_same_process(other, image.snapshot))
            image.is_ambiguous = true;
        else if (i < index)
            image.former = image.snapshot->forked ? NULL : other;
        else if (image.next == NULL && !is_over)
            image.next = (is_over = other->forked) ? NULL : other;
    }
    return image;
}

/* ---- the beginning ---- */

/* The processor time that a process took until the library was loaded is what its execution took,
 * if it was executed in a new process, and then the processor was busy with little else. A forked
 * child may have worked for longer before. */
static struct usage_moment before_loading(struct usage_moment loaded)
{
    uint64_t spent = add_clamped(loaded.user_ns, loaded.system_ns);
    if (spent <= LOADING_MAX && spent < loaded.ns)
        return (struct usage_moment){loaded.ns - spent, 0, 0};
    return loaded;
}

/* Whether what was seen is of this process: its number may be another one's later. */
static bool is_of_life(const struct image *image, const struct process_life *life)
{
    return image->snapshot->pid == life->pid && !image->is_ambiguous &&
           life->begun_ns <= image->snapshot->start_ns &&
           life->ended_ns >= image->snapshot->start_ns;
}

static struct usage_moment find_begin(const struct image *image, const struct process_life *program)
{
    const struct usage_moment *begun = &image->snapshot->own.begun;
    const struct snapshot *former = image->former;
    if (image->snapshot->forked || begun->ns == 0)
        return *begun;
    if (former)
        return former->own.end == TRACE_END_EXECUTES && usage_is_possible(&former->own.ended, begun)
                   ? former->own.ended
                   : *begun;
    if (is_of_life(image, program) && program->begun_ns)
        return (struct usage_moment){program->begun_ns, 0, 0};
    return before_loading(*begun);
}

/* ---- the end ---- */

/* The latest sign of life. What lies in the future is not true. */
static struct usage_moment find_latest(const struct snapshot *snapshot)
{
    struct usage_moment latest = snapshot->own.ended;
    uint64_t now = now_ns();
    for (size_t i = 0; i < snapshot->leaf_count; i++) {
        uint64_t entered_ns = snapshot->leaves[i].entered_ns;
        if (entered_ns > latest.ns && entered_ns <= now)
            latest.ns = entered_ns;
    }
    return latest;
}

static bool has_said_its_end(const struct image *image)
{
    const struct snapshot *next = image->next;
    switch (image->snapshot->own.end) {
    case TRACE_END_FINISHES:
    case TRACE_END_EXITS:
    case TRACE_END_EXECUTES_UNTRACED: return true;
    case TRACE_END_EXECUTES: return next && next->start_ns >= image->snapshot->own.ended.ns;
    default: return false;
    }
}

/* Returns what was seen of the process of which this is the last image, or NULL. */
static const struct process_life *find_life(
    const struct image *image, const struct lifetimes_seen *seen)
{
    const struct process_life *found = NULL;
    if (image->next)
        return NULL;
    if (is_of_life(image, seen->program))
        return seen->program;
    for (size_t i = 0; i < seen->other_count; i++) {
        const struct process_life *life = &seen->others[i];
        if (is_of_life(image, life) && (found == NULL || life->ended_ns < found->ended_ns))
            found = life;
    }
    return found;
}

static struct usage_moment moment_seen(const struct process_life *life)
{
    return (struct usage_moment){life->ended_ns, life->user_ns, life->system_ns};
}

static struct usage_moment find_end_of_running(
    struct process_usage *usage, const struct snapshot *snapshot)
{
    struct process_life life;
    usage->is_known = process_time_look(&life, snapshot->pid);
    return usage->is_known ? moment_seen(&life) : find_latest(snapshot);
}

static void set_status(
    struct process_usage *usage, const struct snapshot *snapshot, const struct process_life *life)
{
    uint32_t end = snapshot->own.end;
    usage->has_wait_status = true;
    if (life && life->has_status && end != TRACE_END_EXECUTES_UNTRACED)
        usage->wait_status = life->status;
    else if (end == TRACE_END_EXITS)
        usage->wait_status = (snapshot->own.status & 0xff) << 8;
    else
        usage->has_wait_status = false;
}

/* What a process has said is better than what was seen, which is later. But after our destructor
 * others may take their time. */
static struct usage_moment lifetimes_find_end(
    struct process_usage *usage, const struct image *image, const struct lifetimes_seen *seen)
{
    const struct snapshot *snapshot = image->snapshot;
    if (snapshot->is_running)
        return find_end_of_running(usage, snapshot);
    const struct process_life *life = find_life(image, seen);
    bool is_whole = life && life->is_whole;
    bool is_said = has_said_its_end(image);
    set_status(usage, snapshot, life);
    usage->is_known = is_said || is_whole;
    if (is_said && !(snapshot->own.end == TRACE_END_FINISHES && is_whole))
        return snapshot->own.ended;
    return life ? moment_seen(life) : find_latest(snapshot);
}

/* ---- the whole ---- */

static uint64_t difference(uint64_t from, uint64_t to)
{
    return to > from ? to - from : 0;
}

static struct process_usage find_usage(const struct image *image, const struct lifetimes_seen *seen)
{
    struct process_usage usage = {.begun_ns = 0};
    struct usage_moment begun = find_begin(image, seen->program);
    struct usage_moment ended = lifetimes_find_end(&usage, image, seen);
    if (begun.ns == 0)
        return usage;
    usage.begun_ns = begun.ns;
    usage.wall_ns = difference(begun.ns, ended.ns);
    usage.user_ns = difference(begun.user_ns, ended.user_ns);
    usage.system_ns = difference(begun.system_ns, ended.system_ns);
    return usage;
}

/* ---- threads ---- */

/* In another PID namespace they have other numbers: see trace_header.birth. */
static void find_running_threads(struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->thread_count && !snapshot_has_own_numbers(snapshot); i++) {
        struct snapshot_thread *thread = &snapshot->threads[i];
        uint64_t now = now_ns();
        if (thread->begun_ns == 0 || thread->begun_ns >= now)
            continue;
        thread->cpu_ns = process_time_of_thread(snapshot->pid, thread->tid);
        thread->ran_ns = thread->cpu_ns ? now - thread->begun_ns : 0;
    }
}

void lifetimes_find(
    struct snapshot *const *snapshots, size_t count, const struct lifetimes_seen *seen)
{
    for (size_t i = 0; i < count; i++) {
        const struct image image = lifetimes_find_image(snapshots, count, i);
        snapshots[i]->usage = find_usage(&image, seen);
        if (snapshots[i]->is_running && snapshots[i]->usage.is_known)
            find_running_threads(snapshots[i]);
    }
}
