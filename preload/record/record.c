/*
 * record.c - one call becomes one node.
 *
 *   trampoline -> hook_enter -> record_enter -> stack_hit -> tree, in the mapped trace file
 *
 * Nothing here allocates, locks, prints, exits or calls libc once the program runs.
 */
#include "record/record.h"

#include <stddef.h>

#include "base/clock.h"
#include "base/counter.h"
#include "base/kernel.h"
#include "base/linkmap.h"
#include "base/pool.h"
#include "object/lock_state.h"
#include "object/object.h"
#include "record/attach.h"
#include "record/durations.h"
#include "record/elsewhere.h"
#include "record/fibers.h"
#include "record/lost_call.h"
#include "record/open_calls.h"
#include "record/root_call.h"
#include "record/settings.h"
#include "record/thread.h"
#include "record/wakers.h"
#include "root/root_settings.h"
#include "root/values.h"
#include "task/vtables.h"
#include "trace/header.h"
#include "trace/modules.h"
#include "trace/trace.h"
#include "base/forbidden.h"

/* --- a hit --- */

static trace_index index_of(const struct trace_node *node)
{
    return segment_index(&trace_segment, node);
}

static const char *record_leaf_of(const struct hook_record *record)
{
    return (const char *)record + record->shown;
}

static uint32_t name_flags(uint32_t hook_flags)
{
    switch (HOOK_OBJECT(hook_flags)) {
    case HOOK_OBJECT_FIBER: return TRACE_NAME_SWITCHES;
    case HOOK_OBJECT_FIBER_END: return TRACE_NAME_ENDS;
    default: return hook_flags & HOOK_NOT_A_LEAF ? TRACE_NAME_WAKES : 0;
    }
}

/* The LEAF_NAME record of the leaf, made at its first hit. Threads that do so at the same time make
 * equal ones. */
static trace_index leaf_name(struct hook_record *record, uint32_t epoch)
{
    const char *name = record_leaf_of(record);
    uint64_t known = atomic_load_explicit(&record->trace_leaf, memory_order_relaxed);
    if (__builtin_expect(known >> 32 == epoch, 1))
        return (trace_index)known;
    struct trace_string text = segment_text(&trace_segment, name, text_length(name));
    trace_index index = text.first ? segment_claim(&trace_segment, 1) : 0;
    if (index == 0)
        return 0;
    struct trace_leaf_name *made = &segment_record(&trace_segment, index)->leaf_name;
    made->name = text;
    made->flags = name_flags(record->flags);
    segment_publish((union trace_record *)made, TRACE_LEAF_NAME);
    atomic_store_explicit(&record->trace_leaf, (uint64_t)epoch << 32 | index, memory_order_relaxed);
    return index;
}

static struct unwind_state caller_of(const struct call_frame *call)
{
    return (struct unwind_state){
        call->registers.return_address, (uint64_t)call->stack, call->registers.fp, 0};
}

/* Finds the hit's node in a stack of the thread. */
static trace_index find_node(
    struct call_frame *call, struct stack *stack, struct call_bounds *bounds)
{
    const struct unwind_state from = caller_of(call);
    trace_index leaf = leaf_name(call->record, call->epoch);
    uint32_t nodes = stack->tree.count;
    trace_index index = leaf ? stack_hit(stack, &from, call->registers.saved, leaf) : 0;
    if (__builtin_expect(stack->tree.count != nodes, 0))
        header_refresh_title(&trace_segment);
    if (index)
        *bounds = stack->bounds;
    return index;
}

static const struct trace_thread *find_thread(uint64_t pointer)
{
    const struct thread *thread = thread_find(pointer);
    bool is_known = thread && trace_is_current(thread->epoch);
    return is_known ? &segment_record(&trace_segment, thread->record)->thread : NULL;
}

__attribute__((noinline)) static void find_object(
    struct call_frame *call, struct thread_level *level, trace_index index)
{
    const struct object_finder finder = {&trace_segment, &level->objects, find_thread};
    object_enter(&finder, call, index);
}

/* Finds the object for which the call of the leaf `index` waits. The level's memory is the hit's.
 */
static inline void note_object(
    struct call_frame *call, struct thread_level *level, trace_index index)
{
    if (!objects_are_wanted || !hook_object_is_waited_for(HOOK_OBJECT(call->record->flags)))
        call_set_object(call, 0, 0);
    else if (__builtin_expect(!object_enter_known(&trace_segment, level->objects, call, index), 0))
        find_object(call, level, index);
    if (call->record->flags & HOOK_WRITES && object_of(call))
        wakers_note_write(&trace_segment, object_of(call), index);
}

static inline void note_open(const struct thread *thread, struct thread_level *level,
    struct call_frame *call, trace_index index)
{
    const struct open_call_place place = {
        &trace_segment, index, level->stack->base, thread_tid(thread)};
    bool is_switch = fibers_is_switch(call);
    if (__builtin_expect(is_switch, 0))
        fibers_end_former(&place);
    open_calls_take(&level->open_calls, &place, call);
    if (__builtin_expect(is_switch, 0))
        fibers_note(&place, call, thread_begins_at(thread, place.base));
}

static void lose(struct call_frame *call, enum trace_loss kind)
{
    if (lost_call_note(call))
        segment_lose(&trace_segment, kind);
}

/* Why there was no room for a hit. */
static enum trace_loss reason(void)
{
    if (kernel_is_forbidden)
        return TRACE_LOSS_FORBIDDEN;
    return segment_is_full(&trace_segment) ? TRACE_LOSS_FULL : TRACE_LOSS_MEMORY;
}

/* Finds the hit's node; sets call->node, or counts the hit as lost. */
static struct call_bounds hit(struct call_frame *call)
{
    struct call_bounds bounds = {0, 0};
    uint32_t epoch = attach_epoch();
    if (!trace_is_open(epoch)) {
        if (epoch == TRACE_EPOCH_NONE && trace_segment.header)
            lose(call, TRACE_LOSS_DETACHED);
        return bounds;
    }
    struct thread *thread = thread_self(&trace_segment, epoch);
    if (thread == NULL) {
        lose(call, reason());
        return bounds;
    }
    struct thread_level *level = thread_begin(thread, call);
    if (level == NULL) {
        lose(call, TRACE_LOSS_NESTED);
        return bounds;
    }
    call->epoch = epoch;
    trace_index index = 0;
    if (__builtin_expect(thread_has_stack(thread, level, &trace_segment), 1))
        index = find_node(call, level->stack, &bounds);
    if (__builtin_expect(index != 0, 1)) {
        note_object(call, level, index);
        note_open(thread, level, call, index);
    }
    thread_end(level, call);
    if (index)
        call->node = &segment_record(&trace_segment, index)->node;
    else
        lose(call, reason());
    if (__builtin_expect(index && root_settings.limit, 0))
        root_call_hit(thread, level, index, call);
    return bounds;
}

/* The bounds of a call that is not a hit. */
static struct call_bounds find_bounds(struct call_frame *call)
{
    struct call_bounds bounds = {0, 0};
    uint32_t epoch = attach_epoch();
    struct thread *thread = thread_current(epoch);
    struct thread_level *level = thread ? thread_begin(thread, call) : NULL;
    if (level == NULL)
        return bounds;
    const struct unwind_state from = caller_of(call);
    if (thread_has_stack(thread, level, &trace_segment))
        bounds = stack_find_bounds(level->stack, &from, call->registers.saved, false);
    thread_end(level, call);
    return bounds;
}

static bool has_room(const struct call_frame *call, uint64_t base, uint64_t size)
{
    uint32_t epoch = attach_epoch();
    struct thread *thread = base ? thread_current(epoch) : NULL;
    return thread && thread_has_room(thread, base, (uint64_t)call, size);
}

/* The leaf is entered by a jump, and so has no time, because its arguments cannot be copied. */
static void note_untimed(const struct call_frame *call)
{
    uint64_t known = atomic_load_explicit(&call->record->trace_leaf, memory_order_relaxed);
    if (call->node == NULL || known >> 32 != call->epoch)
        return;
    struct trace_leaf_name *leaf = &segment_record(&trace_segment, (trace_index)known)->leaf_name;
    atomic_fetch_add_explicit(&leaf->untimed, 1, memory_order_relaxed);
}

static void count_object(struct trace_object_calls *calls, bool is_jump)
{
    counter_add(&calls->hits, 1);
    if (is_jump)
        counter_add(&calls->returns, 1);
}

/* `is_whole`: the end is not seen, or may not come, so the call counts as one that has returned. */
static void count(struct call_frame *call, bool is_whole)
{
    call->thread = __builtin_thread_pointer();
    /* One instruction each: a signal handler may count at the same node in between. */
    counter_add(&call->node->hits, 1);
    if (is_whole)
        counter_add(&call->node->returns, 1);
    if (object_calls_of(call))
        count_object(object_calls_at(&trace_segment, object_calls_of(call)), is_whole);
    call->entered = clock_ticks();
    atomic_store_explicit(&call->node->entered, call->entered, memory_order_relaxed);
    if (is_whole)
        open_calls_end(&trace_segment, call);
    else
        open_calls_begin(&trace_segment, call);
}

/* A fiber's last switch does not return, so it is entered by a jump. */
static inline enum call_way choose_way(struct call_frame *call, struct call_bounds bounds)
{
    if (__builtin_expect(fibers_is_switch(call), 0) && call->node &&
        fibers_is_last(&trace_segment, index_of(call->node)))
        return CALL_JUMPS;
    return call_choose_way(call, bounds, has_room);
}

/* Not inlined into record_enter_root, so that its callees are inlined here. */
__attribute__((noinline)) bool record_enter(struct call_frame *call)
{
    uint32_t flags = call->record->flags;
    struct call_bounds bounds = {0, 0};
    if (!(flags & HOOK_NOT_A_LEAF))
        bounds = hit(call);
    else if ((flags & (HOOK_STACK_ARGS | HOOK_TAIL)) == HOOK_STACK_ARGS)
        bounds = find_bounds(call);
    enum call_way way = choose_way(call, bounds);
    if (__builtin_expect(way == CALL_UNTIMED, 0))
        note_untimed(call);
    bool is_jump = way != CALL_RETURNS;
    if (__builtin_expect(is_jump, 0))
        lost_call_leave(call);
    if (call->node)
        count(call, is_jump || fibers_is_end(call));
    return is_jump;
}

/* --- the end of a call --- */

static uint64_t ticks_since(const struct call_frame *call, uint64_t now)
{
    return now > call->entered ? now - call->entered : 0;
}

/* The thread that made the call, if its trace file is still the same. */
static struct thread *thread_of(const struct call_frame *call)
{
    return trace_is_current(call->epoch) ? thread_self(&trace_segment, call->epoch) : NULL;
}

/* Finds the object, if only the end of the call shows it. */
__attribute__((noinline)) static void settle_object(struct call_frame *call)
{
    trace_index known = object_known_late(call);
    if (known && known == object_of(call))
        return;
    struct thread *thread = thread_of(call);
    if (thread == NULL || object_settle_known(&trace_segment, thread->levels[0].objects, call,
                              index_of(call->node), known))
        return;
    struct thread_level *level = thread_begin(thread, call);
    if (level == NULL)
        return;
    const struct object_finder finder = {&trace_segment, &level->objects, find_thread};
    object_settle(&finder, call, index_of(call->node));
    thread_end(level, call);
}

static inline void leave_object(struct call_frame *call, uint64_t ticks)
{
    if (__builtin_expect(object_shows_late(call), 0) && objects_are_wanted)
        settle_object(call);
    trace_index calls = object_calls_of(call);
    if (calls == 0)
        return;
    object_calls_leave(&trace_segment, calls, object_of(call), ticks);
    if (ticks >= WAKERS_SHORT)
        wakers_ask(&trace_segment, call, object_calls_at(&trace_segment, calls), ticks);
}

__attribute__((noinline)) void record_leave(struct call_frame *call, uint64_t now)
{
    struct trace_node *node = call->node;
    if (node == NULL) {
        lost_call_leave(call);
        return;
    }
    /* A child that was forked within the leaf has a trace of its own, in which this call never
     * began. */
    if (!trace_is_current(call->epoch) || !open_calls_end(&trace_segment, call))
        return;
    uint64_t ticks = ticks_since(call, now);
    if (__builtin_expect(call->thread != __builtin_thread_pointer(), 0)) {
        elsewhere_leave(&trace_segment, node, ticks);
        if (object_calls_of(call))
            object_calls_leave_elsewhere(
                object_calls_at(&trace_segment, object_calls_of(call)), ticks);
        return;
    }
    durations_add_time(node, ticks);
    counter_add(&node->returns, 1);
    leave_object(call, ticks);
    if (__builtin_expect(root_settings.limit, 0))
        root_call_time(thread_of(call), index_of(node), call, ticks);
}

/* --- calls that let others go --- */

/* The node of a call that is no hit. */
static trace_index find_path(struct call_frame *call, uint32_t epoch)
{
    struct call_bounds bounds;
    struct thread *thread = thread_self(&trace_segment, epoch);
    struct thread_level *level = thread ? thread_begin(thread, call) : NULL;
    if (level == NULL)
        return 0;
    call->epoch = epoch;
    trace_index index = 0;
    if (thread_has_stack(thread, level, &trace_segment))
        index = find_node(call, level->stack, &bounds);
    thread_end(level, call);
    return index;
}

void record_wake(struct call_frame *call)
{
    uint32_t epoch = attach_epoch();
    if (!objects_are_wanted || !trace_is_open(epoch) || !lock_state_has_waiters(call))
        return;
    trace_index object = wakers_find(&trace_segment, call);
    if (object == 0)
        return;
    trace_index node = call->node ? index_of(call->node) : find_path(call, epoch);
    if (node)
        wakers_note(&trace_segment, object, node);
}

/* --- tasks --- */

static uint64_t task_key(const struct call_frame *call)
{
    uint32_t key = HOOK_TASK_KEY(call->record->task);
    return key == HOOK_TASK_RESULT ? call->registers.arguments[ARCH_RESULT]
                                   : call->registers.arguments[key - 1];
}

static void note_task(struct call_frame *call, uint64_t now)
{
    uint32_t epoch = attach_epoch(), told = call->record->task;
    struct thread *thread = thread_current(epoch);
    if (thread == NULL)
        return;
    uint64_t key = task_key(call); /* find_path uses the frame's words */
    trace_index node = 0;
    if (told & HOOK_TASK_LEAF)
        node = call->node ? index_of(call->node) : find_path(call, epoch);
    const struct turns_call of = {&trace_segment, &thread->turns, thread->record, node, key, now};
    turns_note(&of, call);
}

/* Of most calls the time tells nothing. */
static bool task_needs_time(uint32_t told)
{
    return (told & (HOOK_TASK_TURN | HOOK_TASK_END | HOOK_TASK_TURNLESS)) != 0;
}

static void enter_task(struct call_frame *call, bool is_jump)
{
    uint32_t told = call->record->task;
    if (HOOK_TASK_KEY(told) != HOOK_TASK_RESULT && !(is_jump && told & HOOK_TASK_TURN))
        note_task(call, task_needs_time(told) ? clock_ticks() : 0);
}

static void leave_task(struct call_frame *call, uint64_t now)
{
    if (call->record->task & HOOK_TASK_EXACT)
        vtables_change_waker(call, call->registers.saved[CALL_ARGUMENT]);
    uint32_t epoch = trace_epoch();
    if (HOOK_TASK_KEY(call->record->task) == HOOK_TASK_RESULT)
        note_task(call, now);
    struct thread *thread = thread_current(epoch);
    if (thread)
        turns_leave(&thread->turns, call, now);
}

/* --- longjmp --- */

void record_jump(struct call_frame *jumper, uint64_t sp)
{
    uint32_t epoch = attach_epoch();
    struct thread *thread = thread_current(epoch);
    if (thread == NULL)
        return;
    thread_leave_calls(thread, &trace_segment, sp, clock_ticks());
    if (__builtin_expect(thread->calls.depth, 0))
        root_call_jump(thread, jumper, sp);
}

/* --- the end of a fiber --- */

void record_fiber_end(uint64_t sp)
{
    struct call_frame *call = call_above(sp);
    if (call && call->node && fibers_is_switch(call))
        record_leave(call, clock_ticks());
}

/* --- the root --- */

static bool is_root(const struct call_frame *call)
{
    uint32_t told = call->record->task;
    return told == 0 || told & HOOK_TASK_ALSO;
}

bool record_enter_root(struct call_frame *call)
{
    uint32_t told = call->record->task;
    uint64_t key = told ? task_key(call) : 0;
    bool is_jump = record_enter(call);
    if (told)
        enter_task(call, is_jump);
    if (is_root(call))
        root_call_begin(call, is_jump);
    /* Nothing needs the register any more. */
    if (told & HOOK_TASK_EXACT)
        call->registers.saved[CALL_ARGUMENT] = key;
    if (!is_jump) /* a jump leaves no frame */
        call->entered = clock_ticks();
    return is_jump;
}

void record_leave_root(struct call_frame *call, uint64_t now)
{
    struct thread *thread = thread_of(call);
    if (call->record->task)
        leave_task(call, now);
    if (thread && is_root(call))
        root_call_end(thread, call, ticks_since(call, now));
    record_leave(call, now);
}

/* --- what comes --- */

void record_begin(const struct record_origin *origin)
{
    header_take_arguments(origin->arguments);
    settings_take_variables(origin->variables);
    if (origin->is_secure)
        attach_refuse();
    attach_epoch();
    header_forget_arguments();
    settings_find_files();
}

/* The program may forbid system calls by an instruction of its own, which the library does not see.
 * After that, the first hits of this thread need what this prepares. */
static void expect_hits(void)
{
    uint32_t epoch = trace_epoch();
    if (trace_is_open(epoch))
        thread_self(&trace_segment, epoch);
}

#define PREPARED_RECORDS 65536

/* Not inlined: other restrictions are frequent, and need no stack for the vector registers. */
__attribute__((noinline)) static void record_modules(void)
{
    struct arch_vectors area;
    for (const struct link_map *map = linkmap_first(); map; map = map->l_next)
        modules_find(&trace_segment, (uint64_t)map->l_ld, &area);
}

static void stop_clock(void)
{
    if (trace_is_open(attach_epoch()) && clock_kind != TRACE_CLOCK_NONE)
        atomic_store_explicit(&trace_segment.header->clock_stopped, 1, memory_order_relaxed);
    clock_stop();
}

static void prepare_objects(struct thread *thread)
{
    struct call_frame call = {0};
    struct thread_level *level = thread_begin(thread, &call);
    if (level == NULL)
        return;
    const struct object_finder finder = {&trace_segment, &level->objects, find_thread};
    object_prepare(&finder);
    thread_end(level, &call);
}

/* Takes the memory that later hits may need. */
static void set_aside(uint32_t epoch, uint64_t sp)
{
    struct thread *thread = thread_self(&trace_segment, epoch);
    attach_keep_memory(true);
    segment_reserve(&trace_segment, PREPARED_RECORDS);
    record_modules();
    if (thread)
        thread_prepare(thread, &trace_segment, sp);
    if (thread)
        prepare_objects(thread);
    if (root_settings.argument)
        values_prepare();
    attach_keep_memory(false);
}

/* Most processes may set a filter only after they have given up new rights (seccomp(2)); it may be
 * set by a system call instruction of the program's own. Objects are not worth to be killed. */
static void expect_filter(void)
{
    uint32_t epoch = attach_epoch();
    struct thread *thread = thread_current(epoch);
    if (thread)
        prepare_objects(thread);
    atomic_store_explicit(&descriptors_are_quiet, true, memory_order_relaxed);
}

static void expect_no_calls(uint64_t sp)
{
    uint32_t epoch = attach_epoch();
    if (trace_is_open(epoch))
        set_aside(epoch, sp);
    if (clock_kind == TRACE_CLOCK_MONOTONIC) /* it is read by a system call */
        stop_clock();
    atomic_store_explicit(&kernel_is_forbidden, 1, memory_order_relaxed);
}

/* Gives back what is reserved for the trace file beyond a small part of the limit. */
static void expect_limit(uint64_t address_space)
{
    static _Atomic uint32_t is_busy;
    if (!trace_is_open(attach_epoch()))
        return;
    if (atomic_exchange_explicit(&is_busy, 1, memory_order_acquire))
        return; /* another thread is doing the same */
    segment_limit(&trace_segment, address_space);
    pool_limit(address_space);
    atomic_store_explicit(&is_busy, 0, memory_order_release);
}

void record_expect(enum record_expected what, uint64_t value)
{
    switch (what) {
    case EXPECT_HITS: expect_hits(); break;
    case EXPECT_FEWER_RIGHTS: attach_epoch(); break;
    case EXPECT_NO_CALLS: expect_no_calls(value); break;
    case EXPECT_FILTER: expect_filter(); break;
    case EXPECT_NO_CLOCK: stop_clock(); break;
    case EXPECT_LIMIT: expect_limit(value); break;
    }
}
