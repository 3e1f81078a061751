/*
 * object.h - for which object a call of a leaf waits.
 *
 * An object that is known costs a look-up by a number of the call's arguments. Of another one the
 * kernel is asked, by system calls that change nothing: see open_file.h. All functions are
 * async-signal-safe.
 */
#ifndef OBJECT_H
#define OBJECT_H

#include "code/call_frame.h"
#include "object/descriptors.h"
#include "object/object_calls.h"
#include "object/objects.h"
#include "trace_format.h"

/* The THREAD record of the thread with this thread pointer, or NULL. */
typedef const struct trace_thread *object_find_thread(uint64_t pointer);

/* What is needed to find the object of a call. */
struct object_finder {
    struct segment *segment;
    struct object_memory **memory; /* of the level; *memory is NULL at first */
    object_find_thread *find_thread;
};

/* The type of a lock, or TRACE_OBJECT_NOTHING, by what a function waits for (enum hook_object). */
enum trace_object_type object_lock_type(uint32_t what);

static inline void call_set_object(struct call_frame *call, trace_index object, trace_index calls)
{
    call->registers.saved[CALL_OBJECT] = (uint64_t)object << 32 | calls;
}

/* Most calls are for a descriptor that the leaf has had before: as object_enter, if this is one. */
static inline bool object_enter_known(const struct segment *segment, struct object_memory *memory,
    struct call_frame *call, trace_index leaf)
{
    uint32_t what = HOOK_OBJECT(call->record->flags);
    const uint64_t *arguments = call_arguments(call);
    if ((what != HOOK_OBJECT_DESCRIPTOR && what != HOOK_OBJECT_EPOLL) || memory == NULL)
        return false;
    if (what == HOOK_OBJECT_EPOLL)
        call_keep_arguments(call);
    trace_index object = descriptors_known((uint32_t)arguments[0]);
    trace_index calls = object_calls_known(memory, segment, leaf, object);
    call_set_object(call, object, calls);
    return calls != 0;
}

/* Finds the object of the call of the leaf `leaf`; sets the words of the call (enum call_word). */
void object_enter(const struct object_finder *finder, struct call_frame *call, trace_index leaf);

/* System calls may be forbidden from now on: asks the kernel what it may be asked later. */
void object_prepare(const struct object_finder *finder);

/* Whether only the end of the call shows which object it was for. */
static inline bool object_shows_late(const struct call_frame *call)
{
    const uint32_t late = 1u << HOOK_OBJECT_POLL | 1u << HOOK_OBJECT_PPOLL |
                          1u << HOOK_OBJECT_SELECT | 1u << HOOK_OBJECT_EPOLL |
                          1u << HOOK_OBJECT_CHILD | 1u << HOOK_OBJECT_ANY_CHILD |
                          1u << HOOK_OBJECT_CHILD_BY_ID;
    return late >> HOOK_OBJECT(call->record->flags) & 1;
}

/* Such a call has returned: its object if that is a descriptor that is known, or 0. */
trace_index object_known_late(const struct call_frame *call);

/* As object_settle for that object, which is not the one of the call so far, if the leaf has had it
 * before. `memory` may be in use by another hit of the thread; NULL: there is none. */
bool object_settle_known(const struct segment *segment, struct object_memory *memory,
    struct call_frame *call, trace_index leaf, trace_index object);

/* Such a call has returned: finds its object. It counts as an open call of that from now on. */
void object_settle(const struct object_finder *finder, struct call_frame *call, trace_index leaf);

static inline trace_index object_calls_of(const struct call_frame *call)
{
    return (trace_index)call->registers.saved[CALL_OBJECT];
}

static inline trace_index object_of(const struct call_frame *call)
{
    return (trace_index)(call->registers.saved[CALL_OBJECT] >> 32);
}

/* The function that is watched because it changes what descriptors stand for (HOOK_NUMBERS) is
 * called; and, if it is not entered by a jump, has returned. */
void object_note_numbers(struct call_frame *call, const char *name);
void object_note_numbers_changed(const struct call_frame *call, const char *name);

/* The same of syscall(2), whose first argument is the number of the system call. */
void object_note_system_call(const struct call_frame *call);

#endif
