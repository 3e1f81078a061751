/*
 * object.c - for which object a call of a leaf waits.
 */
#include "object/object.h"

#include <stddef.h>
#include <linux/wait.h>
#include <signal.h>

#include "base/counter.h"
#include "base/pool.h"
#include "object/lock_state.h"
#include "object/locks.h"
#include "object/names.h"
#include "object/others.h"
#include "object/ready.h"
#include "trace/segment.h"
#include "base/forbidden.h"

static trace_index find_descriptor(const struct object_finder *finder, int number)
{
    if (__builtin_expect(number < 0, 0))
        return 0;
    trace_index known = descriptors_known((uint32_t)number);
    return __builtin_expect(known != 0, 1)
               ? known
               : descriptors_find(*finder->memory, finder->segment, (uint32_t)number);
}

/* The first descriptors of a call, and how many there are. */
static trace_index find_set(
    const struct object_finder *finder, const struct ready_set *ready, trace_index leaf)
{
    trace_index members[TRACE_SET_MEMBERS];
    for (uint32_t i = 0; i < ready->count && i < TRACE_SET_MEMBERS; i++)
        members[i] = find_descriptor(finder, ready->numbers[i]);
    return object_calls_find_set(*finder->memory, finder->segment, leaf, ready->count, members);
}

/* For one descriptor, or for several as a set. */
static void enter_ready(
    const struct object_finder *finder, struct call_frame *call, trace_index leaf)
{
    struct ready_set ready;
    trace_index object = 0, calls = 0;
    ready_before(call, &ready);
    if (ready.count == 1) {
        object = find_descriptor(finder, ready.numbers[0]);
        if (object)
            calls = object_calls_find(*finder->memory, finder->segment, leaf, object);
    } else if (ready.count) {
        calls = find_set(finder, &ready, leaf);
        if (calls)
            object = object_calls_at(finder->segment, calls)->object;
    }
    call_set_object(call, object, calls);
}

/* A positive number is the child's; others are of several children (waitpid(2)). */
static trace_index find_child(const struct object_finder *finder, int32_t pid)
{
    return others_find_child(*finder->memory, finder->segment, pid > 0 ? pid : 0);
}

/* waitid(2) writes what it found to its third argument, which is kept. */
static trace_index find_child_by_id(const struct object_finder *finder, struct call_frame *call)
{
    const uint64_t *arguments = call_arguments(call);
    call->registers.saved[CALL_ARGUMENT] = arguments[2];
    if ((int)arguments[0] == P_PIDFD)
        return find_descriptor(finder, (int)arguments[1]);
    return find_child(finder, (int)arguments[0] == P_PID ? (int32_t)arguments[1] : 0);
}

static trace_index find_joined(const struct object_finder *finder, uint64_t pointer)
{
    const struct trace_thread *thread = finder->find_thread(pointer);
    return others_find_thread(
        *finder->memory, finder->segment, thread ? thread->tid : 0, thread ? thread->name : "");
}

enum trace_object_type object_lock_type(uint32_t what)
{
    switch (what) {
    case HOOK_OBJECT_MUTEX: return TRACE_OBJECT_MUTEX;
    case HOOK_OBJECT_READ_LOCK:
    case HOOK_OBJECT_WRITE_LOCK: return TRACE_OBJECT_RWLOCK;
    case HOOK_OBJECT_SPIN_LOCK: return TRACE_OBJECT_SPINLOCK;
    case HOOK_OBJECT_ONCE: return TRACE_OBJECT_ONCE;
    case HOOK_OBJECT_CONDITION: return TRACE_OBJECT_CONDITION;
    case HOOK_OBJECT_SEMAPHORE: return TRACE_OBJECT_SEMAPHORE;
    case HOOK_OBJECT_BARRIER: return TRACE_OBJECT_BARRIER;
    case HOOK_OBJECT_FUTEX: return TRACE_OBJECT_FUTEX;
    default: return TRACE_OBJECT_NOTHING;
    }
}

/* The object of the call as far as its arguments show it, or 0. */
static trace_index find(const struct object_finder *finder, struct call_frame *call, uint32_t what)
{
    const uint64_t *arguments = call_arguments(call);
    uint64_t frame = (uint64_t)call->stack;
    struct object_memory *memory = *finder->memory;
    struct segment *segment = finder->segment;
    switch (what) {
    case HOOK_OBJECT_DESCRIPTOR: return find_descriptor(finder, (int)arguments[0]);
    case HOOK_OBJECT_CONNECT: return names_find_target(memory, segment, arguments, frame);
    case HOOK_OBJECT_CHILD: return find_child(finder, (int32_t)arguments[0]);
    case HOOK_OBJECT_ANY_CHILD: return find_child(finder, 0);
    case HOOK_OBJECT_CHILD_BY_ID: return find_child_by_id(finder, call);
    case HOOK_OBJECT_THREAD: return find_joined(finder, arguments[0]);
    case HOOK_OBJECT_PATH:
        return names_find(memory, segment, TRACE_OBJECT_PATH, arguments[0], frame);
    case HOOK_OBJECT_PATH_AT:
        return names_find_at(memory, segment, (uint32_t)arguments[0], arguments[1], frame);
    case HOOK_OBJECT_HOST:
        return names_find(memory, segment, TRACE_OBJECT_HOST, arguments[0], frame);
    case HOOK_OBJECT_QUEUE: return others_find_queue(memory, segment, (int32_t)arguments[0]);
    case HOOK_OBJECT_SEMAPHORES:
        return others_find_semaphores(memory, segment, (int32_t)arguments[0]);
    default: return locks_find(memory, segment, object_lock_type(what), arguments[0]);
    }
}

static bool has_memory(const struct object_finder *finder)
{
    if (__builtin_expect(*finder->memory == NULL, 0))
        *finder->memory = pool_take(sizeof **finder->memory);
    return *finder->memory != NULL;
}

static bool is_ready_call(uint32_t what)
{
    return what >= HOOK_OBJECT_POLL && what <= HOOK_OBJECT_EPOLL;
}

static bool has_holder(uint32_t what)
{
    return what >= HOOK_OBJECT_MUTEX && what <= HOOK_OBJECT_WRITE_LOCK;
}

void object_enter(const struct object_finder *finder, struct call_frame *call, trace_index leaf)
{
    uint32_t what = HOOK_OBJECT(call->record->flags);
    if (__builtin_expect(!has_memory(finder), 0)) {
        call_set_object(call, 0, 0);
        return;
    }
    if (is_ready_call(what)) {
        enter_ready(finder, call, leaf);
        return;
    }
    trace_index object = find(finder, call, what);
    if (object == 0 && object_shows_late(call)) {
        call_set_object(call, 0, 0); /* the object of its end is the only one */
        return;
    }
    trace_index calls = object_calls_find(*finder->memory, finder->segment, leaf, object);
    call_set_object(call, object, calls);
    if (calls && object && has_holder(what))
        atomic_store_explicit(&object_calls_at(finder->segment, calls)->holder,
            lock_state_holder(what, call_arguments(call)[0]), memory_order_relaxed);
}

void object_prepare(const struct object_finder *finder)
{
    if (!objects_are_wanted || !has_memory(finder))
        return;
    objects_rest(finder->segment);
    descriptors_prepare(*finder->memory, finder->segment);
}

/* --- calls whose end shows it --- */

/* The object of the call that has returned `result`; 0: what was known before stays. */
static trace_index find_late(
    const struct object_finder *finder, struct call_frame *call, int32_t result)
{
    const siginfo_t *found = (const siginfo_t *)call->registers.saved[CALL_ARGUMENT];
    switch (HOOK_OBJECT(call->record->flags)) {
    case HOOK_OBJECT_CHILD:
    case HOOK_OBJECT_ANY_CHILD: return result > 0 ? find_child(finder, result) : 0;
    case HOOK_OBJECT_CHILD_BY_ID:
        return result == 0 && found && found->si_pid > 0 ? find_child(finder, found->si_pid) : 0;
    default: break;
    }
    if (result == 0)
        return others_find_timeout(*finder->memory, finder->segment);
    return result > 0 ? find_descriptor(finder, ready_after(call)) : 0;
}

/* One less first: the objects have never more hits than their leaf. */
static void move_call(
    const struct segment *segment, struct call_frame *call, trace_index object, trace_index calls)
{
    trace_index former = object_calls_of(call);
    call_set_object(call, object, calls);
    if (former)
        counter_add(&object_calls_at(segment, former)->hits, UINT64_MAX);
    counter_add(&object_calls_at(segment, calls)->hits, 1);
}

trace_index object_known_late(const struct call_frame *call)
{
    uint32_t what = HOOK_OBJECT(call->record->flags);
    if ((int32_t)call->registers.arguments[ARCH_RESULT] <= 0 || !is_ready_call(what))
        return 0;
    int number = ready_after(call);
    return number < 0 ? 0 : descriptors_known((uint32_t)number);
}

bool object_settle_known(const struct segment *segment, struct object_memory *memory,
    struct call_frame *call, trace_index leaf, trace_index object)
{
    if (object == 0 || memory == NULL)
        return false;
    trace_index calls = object_calls_known(memory, segment, leaf, object);
    if (calls)
        move_call(segment, call, object, calls);
    return calls != 0;
}

void object_settle(const struct object_finder *finder, struct call_frame *call, trace_index leaf)
{
    int32_t result = (int32_t)call->registers.arguments[ARCH_RESULT];
    trace_index former = object_calls_of(call);
    if (!has_memory(finder))
        return;
    trace_index object = find_late(finder, call, result);
    bool was_set = former && object_calls_are_for_set(
                                 finder->segment, object_calls_at(finder->segment, former));
    if (object == 0 && former && !was_set)
        return;
    trace_index calls = object_calls_find(*finder->memory, finder->segment, leaf, object);
    if (calls && calls != former)
        move_call(finder->segment, call, object, calls);
}
