/*
 * tasks.c - a record for each task of an asynchronous runtime.
 *
 * A table is open-addressed: a key lies at its place or one of the next ones, before a free one. If
 * there is no free one near, a table of twice the size is added, and the older tables stay as they
 * are. Half of the tasks are in the latest table, which is searched first.
 */
#include "task/tasks.h"

#include "base/clock.h"
#include "base/forbidden.h"

#define FIRST_SIZE UINT32_C(256)
#define LAST_SIZE  (UINT32_C(1) << 19) /* 2^20 tasks in all */
#define NEAR       16u                 /* how far from its place a key lies at most */

/* --- tables --- */

static uint32_t first_place(uint64_t key, uint32_t count)
{
    return (uint32_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (count - 1);
}

static struct trace_task *task_at(const struct segment *segment, trace_index table, uint32_t place)
{
    uint32_t count = segment_record(segment, table)->task_table.count;
    return &segment_record(segment, table + 1 + (place & (count - 1)))->task;
}

/* The record with the key, or the free one in which the key would have to be; NULL: neither. */
static struct trace_task *look_in(const struct segment *segment, trace_index table, uint64_t key)
{
    uint32_t place = first_place(key, segment_record(segment, table)->task_table.count);
    for (uint32_t i = 0; i < NEAR; i++) {
        struct trace_task *task = task_at(segment, table, place + i);
        uint64_t there = atomic_load_explicit(&task->key, memory_order_acquire);
        if (there == key || there == 0)
            return task;
    }
    return NULL;
}

static bool has_key(const struct trace_task *task, uint64_t key)
{
    return task && atomic_load_explicit(&task->key, memory_order_acquire) == key;
}

static trace_index latest_table(const struct segment *segment)
{
    return atomic_load_explicit(&segment->header->tasks, memory_order_acquire);
}

struct trace_task *tasks_find(const struct segment *segment, uint64_t key)
{
    for (trace_index table = latest_table(segment); table && key;
         table = segment_record(segment, table)->task_table.next) {
        struct trace_task *task = look_in(segment, table, key);
        if (has_key(task, key))
            return task;
    }
    return NULL;
}

/* Puts the key into the table, unless another thread does that at the same time. NULL: the table
 * has no room near its place. */
static struct trace_task *put_into(struct segment *segment, trace_index table, uint64_t key)
{
    uint64_t there;
    struct trace_task *task;
    do {
        task = look_in(segment, table, key);
        there = 0;
    } while (task && !has_key(task, key) &&
             !atomic_compare_exchange_strong_explicit(
                 &task->key, &there, key, memory_order_acq_rel, memory_order_acquire));
    if (task)
        segment_publish((union trace_record *)task, TRACE_TASK);
    return task;
}

/* Adds a table behind `former`. Returns the latest one, which another thread may have added; 0:
 * there is no room. */
static trace_index add_table(struct segment *segment, trace_index former)
{
    uint32_t size = former ? 2 * segment_record(segment, former)->task_table.count : FIRST_SIZE;
    trace_index table = size <= LAST_SIZE ? segment_claim(segment, size + 1) : 0;
    if (table == 0)
        return 0;
    union trace_record *record = segment_record(segment, table);
    record->task_table.count = size;
    record->task_table.next = former;
    segment_publish(record, TRACE_TASK_TABLE);
    bool is_latest = atomic_compare_exchange_strong_explicit(
        &segment->header->tasks, &former, table, memory_order_acq_rel, memory_order_acquire);
    return is_latest ? table : former; /* the records of the other one stay free */
}

struct trace_task *tasks_find_or_make(struct segment *segment, uint64_t key)
{
    struct trace_task *task = tasks_find(segment, key);
    trace_index table = task || key == 0 ? 0 : latest_table(segment);
    if (task == NULL && key && table == 0)
        table = add_table(segment, 0);
    while (task == NULL && table) {
        task = put_into(segment, table, key);
        if (task == NULL)
            table = add_table(segment, table);
    }
    if (task == NULL)
        atomic_fetch_add_explicit(&segment->header->lost_turns, 1, memory_order_relaxed);
    return task;
}

/* --- one task --- */

static uint16_t tasks_state(const struct trace_task *task)
{
    return atomic_load_explicit(&task->state, memory_order_relaxed);
}

/* Whether the turn that begins is the first one of another task. The former one is finished, or no
 * waker is there by which it could get a turn. */
static bool is_another(const struct trace_task *task, uint32_t turn)
{
    uint16_t state = tasks_state(task);
    if (turn == 0 || state & TRACE_TASK_ENDED)
        return true;
    return turn % 2 == 0 && state & TRACE_TASK_COUNTS && !(state & TRACE_TASK_WOKEN) &&
           atomic_load_explicit(&task->wakers, memory_order_relaxed) <= 0;
}

static void renew(struct trace_task *task, uint64_t now)
{
    atomic_store_explicit(&task->born, now, memory_order_relaxed);
    for (unsigned i = 0; i < TRACE_TASK_NODES; i++)
        atomic_store_explicit(&task->nodes[i], 0, memory_order_relaxed);
}

void tasks_begin_turn(struct trace_task *task, trace_index thread, uint64_t now)
{
    uint32_t turn = atomic_load_explicit(&task->turn, memory_order_relaxed);
    bool is_first = is_another(task, turn);
    turn = is_first ? 1 : (turn + 1) | 1; /* the end of the turn before may not have been seen */
    atomic_store_explicit(&task->turn, turn, memory_order_relaxed);
    atomic_thread_fence(memory_order_release); /* before the other fields: see trace_format.h */
    if (is_first)
        renew(task, now);
    atomic_fetch_and_explicit(
        &task->state, TRACE_TASK_COUNTS | TRACE_TASK_HAS_WORD, memory_order_relaxed);
    atomic_store_explicit(&task->fresh, 0, memory_order_relaxed);
    atomic_store_explicit(&task->thread, thread, memory_order_relaxed);
    atomic_store_explicit(&task->since, now, memory_order_relaxed);
}

void tasks_end_turn(struct trace_task *task, uint64_t now)
{
    uint32_t turn = atomic_load_explicit(&task->turn, memory_order_relaxed);
    atomic_store_explicit(&task->since, now, memory_order_relaxed);
    atomic_store_explicit(&task->turn, (turn | 1) + 1, memory_order_release);
}

static void set_flag(struct trace_task *task, uint16_t flag)
{
    if (!(tasks_state(task) & flag))
        atomic_fetch_or_explicit(&task->state, flag, memory_order_relaxed);
}

void tasks_nest(struct trace_task *task)
{
    set_flag(task, TRACE_TASK_NESTS);
}

void tasks_have_word(struct trace_task *task)
{
    set_flag(task, TRACE_TASK_HAS_WORD);
}

static trace_index node_at(const struct trace_task *task, unsigned i)
{
    return atomic_load_explicit(&task->nodes[i], memory_order_relaxed);
}

void tasks_wait_at(struct trace_task *task, trace_index node)
{
    unsigned at = 0, fresh = atomic_load_explicit(&task->fresh, memory_order_relaxed);
    while (at < TRACE_TASK_NODES - 1 && node_at(task, at) && node_at(task, at) != node)
        at++;
    bool is_fresh = at < fresh && node_at(task, at) == node;
    for (; at > 0; at--)
        atomic_store_explicit(&task->nodes[at], node_at(task, at - 1), memory_order_relaxed);
    atomic_store_explicit(&task->nodes[0], node, memory_order_release); /* after the node */
    if (!is_fresh && fresh < TRACE_TASK_NODES)
        atomic_store_explicit(&task->fresh, (uint16_t)(fresh + 1), memory_order_relaxed);
}

void tasks_wait_outside(struct trace_task *task, trace_index node, uint64_t now)
{
    tasks_begin_turn(task, 0, now);
    tasks_wait_at(task, node);
    tasks_end_turn(task, now);
}

void tasks_take_waker(struct trace_task *task)
{
    set_flag(task, TRACE_TASK_COUNTS);
    atomic_fetch_add_explicit(&task->wakers, 1, memory_order_relaxed);
}

/* Some wakers are taken unseen; their number must not make up for others. */
void tasks_give_waker(struct trace_task *task)
{
    int32_t wakers = atomic_load_explicit(&task->wakers, memory_order_relaxed);
    while (wakers > 0 && !atomic_compare_exchange_weak_explicit(&task->wakers, &wakers, wakers - 1,
                             memory_order_relaxed, memory_order_relaxed))
        continue;
}

void tasks_wake(struct trace_task *task)
{
    set_flag(task, TRACE_TASK_WOKEN);
}

void tasks_end(struct trace_task *task, uint64_t now)
{
    atomic_store_explicit(&task->since, now, memory_order_relaxed);
    atomic_fetch_or_explicit(&task->state, TRACE_TASK_ENDED, memory_order_relaxed);
}
