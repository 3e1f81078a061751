/*
 * threads.c - what the kernel says of the threads of a process, and those that are in no call.
 *
 * A thread that was seen asleep at two moments, and has not run between them, is asleep: a look at
 * the trace between these two tells that it is in no call of a leaf. /proc/PID/task/TID/schedstat
 * has the processor time in nanoseconds, and how often the thread has begun to run (Linux,
 * Documentation/scheduler/sched-stats).
 */
#include "commands/now/threads.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/digits.h"
#include "base/nanoseconds.h"
#include "trace/snapshot.h"

/* Reads a file of a thread. Returns false if there is none. */
static bool read_of_thread(int pid, int tid, const char *name, char *text, size_t size)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task/%d/%s", pid, tid, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? -1 : read(fd, text, size - 1);
    if (fd >= 0)
        close(fd);
    text[length > 0 ? length : 0] = '\0';
    return length >= 0;
}

/* ---- the list ---- */

static int compare_threads(const void *left, const void *right)
{
    const struct thread *a = left, *b = right;
    return (a->tid > b->tid) - (a->tid < b->tid);
}

int threads_list(struct threads *threads, int pid)
{
    char path[32];
    int error = 0;
    snprintf(path, sizeof path, "/proc/%d/task", pid);
    DIR *entries = opendir(path);
    if (entries == NULL)
        return errno == ENOENT ? -ESRCH : -errno;
    for (struct dirent *entry; error == 0 && (entry = readdir(entries)) != NULL;) {
        int tid = atoi(entry->d_name);
        if (tid <= 0)
            continue;
        error = array_reserve(
            &threads->list, threads->count, 1, &threads->room, sizeof *threads->list);
        if (error == 0)
            threads->list[threads->count++] = (struct thread){.tid = tid};
    }
    closedir(entries);
    if (threads->count > 1)
        qsort(threads->list, threads->count, sizeof *threads->list, compare_threads);
    return error == 0 && threads->count == 0 ? -ESRCH : error;
}

void threads_finish(struct threads *threads)
{
    free(threads->list);
    *threads = (struct threads){.count = 0};
}

static struct thread *threads_find(const struct threads *threads, int tid)
{
    const struct thread key = {.tid = tid};
    if (threads->count == 0)
        return NULL;
    return bsearch(&key, threads->list, threads->count, sizeof key, compare_threads);
}

bool threads_has(const struct threads *threads, int pid, int tid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task/%d", pid, tid);
    return threads_find(threads, tid) || access(path, F_OK) == 0;
}

void threads_mark(struct threads *threads, const struct snapshot *snapshot)
{
    for (size_t i = 0; i < threads->count; i++)
        threads->list[i].is_in_call = false;
    for (size_t i = 0; i < snapshot->open_call_count; i++) {
        const struct snapshot_open_call *call = &snapshot->open_calls[i];
        struct thread *thread = threads_find(threads, call->tid);
        if (thread && call->owner == OPEN_THREAD)
            thread->is_in_call = true;
    }
}

void threads_name(int pid, int tid, char name[16])
{
    char text[32];
    if (!read_of_thread(pid, tid, "comm", text, sizeof text))
        return;
    text[strcspn(text, "\n")] = '\0';
    snprintf(name, 16, "%.15s", text);
}

/* ---- what they do ---- */

/* proc(5), /proc/PID/stat: the name stands in parentheses, and may have some itself; the state
 * follows. */
static enum now_state now_state_of(const char *after_name)
{
    switch (after_name[0] ? after_name[1] : '\0') {
    case 'S': return NOW_SLEEPS;
    case 'D': return NOW_BLOCKED;
    case 'T':
    case 't': return NOW_STOPPED;
    default: return NOW_RUNS;
    }
}

static void threads_look_at(struct thread *thread, int pid, struct thread_moment *moment)
{
    char stat[512], scheduled[128];
    *moment = (struct thread_moment){.state = NOW_RUNS};
    if (!read_of_thread(pid, thread->tid, "stat", stat, sizeof stat))
        return;
    char *name = strchr(stat, '('), *end = strrchr(stat, ')');
    moment->ns = now_ns();
    if (name == NULL || end == NULL || end < name)
        return;
    *end = '\0';
    snprintf(thread->name, sizeof thread->name, "%s", name + 1);
    moment->state = now_state_of(end + 1);
    if (read_of_thread(pid, thread->tid, "schedstat", scheduled, sizeof scheduled))
        sscanf(scheduled, "%" SCNu64 " %*s %" SCNu64, &moment->cpu_ns, &moment->slices);
}

void threads_look(struct threads *threads, int pid, bool is_first)
{
    for (size_t i = 0; i < threads->count; i++) {
        struct thread *thread = &threads->list[i];
        if (!thread->is_in_call)
            threads_look_at(thread, pid, is_first ? &thread->first : &thread->last);
    }
}

/* ---- those in no call ---- */

/* Returns what the thread did all the time between the two looks. */
static enum now_state state_between(const struct thread *thread)
{
    const struct thread_moment *first = &thread->first, *last = &thread->last;
    bool has_slept = first->ns && last->ns && first->state == last->state &&
                     first->slices == last->slices && first->cpu_ns == last->cpu_ns;
    return has_slept ? first->state : NOW_RUNS;
}

/* Returns the processor time in percent since the first look, or -1: not known. Over less than a
 * millisecond it would say nothing. */
static int64_t percent_since(const struct thread *thread, int pid)
{
    struct thread now = *thread;
    struct thread_moment moment;
    threads_look_at(&now, pid, &moment);
    uint64_t ns = moment.ns - thread->first.ns;
    if (thread->first.ns == 0 || moment.ns == 0 || moment.cpu_ns < thread->first.cpu_ns ||
        ns < UINT64_C(1000000))
        return -1;
    uint64_t percent = ((moment.cpu_ns - thread->first.cpu_ns) * 100 + ns / 2) / ns;
    return percent < 100 ? (int64_t)percent : 100;
}

static void read_where(const struct thread *thread, int pid, char *where, size_t size)
{
    if (!read_of_thread(pid, thread->tid, "wchan", where, size) || strcmp(where, "0") == 0)
        where[0] = '\0';
}

static bool threads_is_same_name(const char *one, const char *other)
{
    char a[16], b[16];
    snprintf(a, sizeof a, "%s", one);
    snprintf(b, sizeof b, "%s", other);
    digits_mask(a);
    digits_mask(b);
    return strcmp(a, b) == 0;
}

/* The main threads of a kind are put together by the kind. */
static struct now_threads *find_like(
    const struct other_threads *others, const struct now_threads *threads)
{
    for (size_t i = 0; i < others->count; i++) {
        struct now_threads *other = &others->list[i];
        if (other->state == threads->state && other->is_main == threads->is_main &&
            strcmp(other->where, threads->where) == 0 && strcmp(other->kind, threads->kind) == 0 &&
            (threads->is_main || threads_is_same_name(other->name, threads->name)))
            return other;
    }
    return NULL;
}

static int add_one(struct other_threads *others, const struct now_threads *threads, bool apart)
{
    struct now_threads *like = apart ? NULL : find_like(others, threads);
    if (like == NULL) {
        if (array_reserve(&others->list, others->count, 1, &others->room, sizeof *others->list) !=
            0)
            return -ENOMEM;
        others->list[others->count++] = *threads;
        return 0;
    }
    if (strcmp(like->name, threads->name) != 0)
        digits_mask(like->name);
    like->count++;
    like->has_cpu &= threads->has_cpu;
    like->cpu_percent += threads->cpu_percent;
    return 0;
}

static struct now_threads threads_describe(const struct thread *thread, int pid, const char *kind)
{
    struct now_threads threads = {.state = state_between(thread),
        .kind = kind,
        .pid = pid,
        .tid = thread->tid,
        .is_main = thread->tid == pid,
        .count = 1};
    int64_t percent = threads.state == NOW_RUNS ? percent_since(thread, pid) : -1;
    memcpy(threads.name, thread->name, sizeof threads.name);
    threads.has_cpu = percent >= 0;
    threads.cpu_percent = percent >= 0 ? (uint64_t)percent : 0;
    if (threads.state == NOW_SLEEPS || threads.state == NOW_BLOCKED)
        read_where(thread, pid, threads.where, sizeof threads.where);
    return threads;
}

int threads_add_others(
    struct other_threads *others, const struct threads *threads, int pid, char *kind, bool apart)
{
    if (kind == NULL || array_reserve(&others->kinds, others->kind_count, 1, &others->kind_room,
                            sizeof *others->kinds) != 0) {
        free(kind);
        return -ENOMEM;
    }
    others->kinds[others->kind_count++] = kind;
    int error = 0;
    for (size_t i = 0; i < threads->count && error == 0; i++) {
        const struct thread *thread = &threads->list[i];
        if (thread->is_in_call || thread->last.ns == 0)
            continue;
        struct now_threads one = threads_describe(thread, pid, kind);
        error = add_one(others, &one, apart);
    }
    return error;
}

void other_threads_finish(struct other_threads *others)
{
    for (size_t i = 0; i < others->kind_count; i++)
        free(others->kinds[i]);
    free(others->kinds);
    free(others->list);
    *others = (struct other_threads){.count = 0};
}
