/*
 * wakers.c - which call has ended the wait of another one.
 *
 * The object has room for one waker, the last one. Of several threads that wait, the one that goes
 * on finds the call that let it go, unless another one has let go a further thread since then. A
 * waker from before the wait is recognized by its time.
 */
#include "record/wakers.h"

#include <stddef.h>

#include "base/clock.h"
#include "object/object.h"
#include "object/objects.h"
#include "base/forbidden.h"

_Static_assert(
    offsetof(struct trace_object, lock.waker) == offsetof(struct trace_object, file.waker),
    "one place for all types");
_Static_assert(offsetof(struct trace_object, lock.waked_ticks) ==
                   offsetof(struct trace_object, file.waked_ticks),
    "one place for all types");

static struct trace_object *wakers_object_at(struct segment *segment, trace_index object)
{
    return &segment_record(segment, object)->object;
}

/* Of eventfds and sockets, calls of one side do not lead to the object of the other side. */
static bool has_waker(uint32_t type)
{
    return type == TRACE_OBJECT_PIPE || (type >= TRACE_OBJECT_MUTEX && type <= TRACE_OBJECT_FUTEX);
}

trace_index wakers_find(struct segment *segment, const struct call_frame *call)
{
    struct object_draft draft;
    enum trace_object_type type = object_lock_type(HOOK_OBJECT(call->record->flags));
    draft_begin(&draft, type, call_arguments(call)[0]);
    return objects_find(segment, &draft);
}

void wakers_note(struct segment *segment, trace_index object, trace_index node)
{
    struct trace_object *to = wakers_object_at(segment, object);
    atomic_store_explicit(&to->lock.waked_ticks, clock_ticks(), memory_order_relaxed);
    /* Pairs with the acquire of wakers_ask: the time is not older than the waker. */
    atomic_store_explicit(&to->lock.waker, node, memory_order_release);
}

void wakers_note_write(struct segment *segment, trace_index object, trace_index node)
{
    if (has_waker(wakers_object_at(segment, object)->type))
        wakers_note(segment, object, node);
}

/* What has let the call go, or 0. */
static trace_index find_waker(const struct trace_object *object, uint64_t entered)
{
    if (!has_waker(object->type))
        return 0;
    trace_index waker = atomic_load_explicit(&object->lock.waker, memory_order_acquire);
    uint64_t waked = atomic_load_explicit(&object->lock.waked_ticks, memory_order_relaxed);
    return waked >= entered ? waker : 0;
}

void wakers_ask(struct segment *segment, const struct call_frame *call,
    struct trace_object_calls *calls, uint64_t ticks)
{
    trace_index waker = find_waker(wakers_object_at(segment, calls->object), call->entered);
    atomic_store_explicit(&calls->ended_by, waker, memory_order_relaxed);
    if (ticks == atomic_load_explicit(&calls->longest, memory_order_relaxed))
        atomic_store_explicit(&calls->longest_ended_by, waker, memory_order_relaxed);
}
