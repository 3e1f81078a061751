/*
 * hook.c - entry and return of a hooked function.
 */
#include "hook/hook.h"

#include <link.h>
#include <unwind.h>

#include "base/clock.h"
#include "base/linkmap.h"
#include "hook/entry.h"
#include "object/lock_state.h"
#include "object/object.h"
#include "hook/stubs.h"
#include "hook/system_calls.h"
#include "hook/watched_call.h"
#include "record/record.h"
#include "trace/trace.h"
#include "base/forbidden.h"

void hook_begin(const char *directory)
{
    lock_state_begin();
    stubs_resolve_all();
    entry_start(directory);
    stubs_mind_entries();
    trace_tell_unhooked();
}

/* Called in place of a function that does not exist: a weak reference can be bound to its stub. */
static long missing(void)
{
    return -1;
}

/* If a leaf is called by its number, the call becomes one of that leaf; it is not watched as a call
 * of syscall(2) then. */
static struct hook_record *find_by_number(struct call_frame *call)
{
    struct hook_record *leaf = system_calls_leaf(call);
    if (leaf) {
        object_note_system_call(call);
        call->record = leaf;
    }
    return call->record;
}

/* With one of these, a call needs more than to be recorded. */
#define NEEDS_MORE (HOOK_SHARES | HOOK_ONLY_WAITS | HOOK_ROOT | HOOK_WAKES | HOOK_WATCHED)

/* Whether the call is no hit and does not come back, so that there is nothing to record. */
static bool is_passed_on(uint32_t flags)
{
    return (flags & (HOOK_NOT_A_LEAF | HOOK_TAIL)) == (HOOK_NOT_A_LEAF | HOOK_TAIL);
}

__attribute__((noinline)) static bool enter_with_more(struct call_frame *call)
{
    const struct hook_record *record = call->record;
    if (record->flags & HOOK_SHARES)
        record = find_by_number(call);
    if (record->flags & HOOK_ONLY_WAITS && !lock_state_must_wait(call))
        return true;
    bool is_jump = record->flags & HOOK_ROOT ? record_enter_root(call)
                                             : is_passed_on(record->flags) || record_enter(call);
    if (record->flags & HOOK_WAKES)
        record_wake(call);
    /* Last, because it may itself execute the program. */
    if (record->flags & HOOK_WATCHED)
        watched_call_enter(call);
    return is_jump;
}

int hook_enter(struct call_frame *call)
{
    struct hook_record *record = call->record;
    uint64_t target = atomic_load_explicit(&record->target, memory_order_relaxed);
    if (__builtin_expect(target == 0, 0))
        target = stubs_resolve(record);
    call->target = target ? target : (uint64_t)missing;
    call->stack_bytes = 0;
    call->opened = 0;
    call->node = NULL;
    if (__builtin_expect(record->flags & NEEDS_MORE, 0))
        return enter_with_more(call);
    return record_enter(call);
}

__attribute__((noinline)) static void leave_with_more(struct call_frame *call, uint64_t now)
{
    if (call->record->flags & HOOK_WATCHED)
        watched_call_leave(call);
    if (call->record->flags & HOOK_ROOT)
        record_leave_root(call, now);
    else
        record_leave(call, now);
}

void hook_leave(struct call_frame *call)
{
    uint64_t now = clock_ticks();
    if (__builtin_expect(call->record->flags & NEEDS_MORE, 0))
        leave_with_more(call, now);
    else
        record_leave(call, now);
}

/* Functions of the unwinder that has called us, which read a frame: contexts differ between
 * unwinders. A statically linked unwinder does not export them (then the call stays open). */
typedef _Unwind_Word get_register(struct _Unwind_Context *context, int number);
typedef _Unwind_Ptr get_ip(struct _Unwind_Context *context);

/* The open call of the trampoline's frame `context`. NULL: it has none, because a signal can
 * interrupt any instruction, and its handler can throw or cancel the thread. */
static struct call_frame *open_call(struct _Unwind_Context *context, uint64_t unwinder)
{
    struct link_map *map = linkmap_of(unwinder);
    if (map == NULL)
        return NULL;
    get_ip *ip_of = (get_ip *)linkmap_find_symbol_in(map, "_Unwind_GetIP", NULL);
    get_register *register_of = (get_register *)linkmap_find_symbol_in(map, "_Unwind_GetGR", NULL);
    if (ip_of == NULL || register_of == NULL)
        return NULL;
    uint64_t pc = ip_of(context);
    if (pc < (uint64_t)arch_call_begins || pc > (uint64_t)arch_call_ends)
        return NULL;
    uint64_t fp = register_of(context, ARCH_FP);
    return call_frame_at(fp);
}

/* The trampoline's personality (Itanium C++ ABI, exception handling, 1.6.2): ends the call when an
 * exception or a cancellation unwinds its frame. */
_Unwind_Reason_Code hook_personality(int version, _Unwind_Action actions,
    _Unwind_Exception_Class class, struct _Unwind_Exception *exception,
    struct _Unwind_Context *context);

_Unwind_Reason_Code hook_personality(int version, _Unwind_Action actions,
    _Unwind_Exception_Class class, struct _Unwind_Exception *exception,
    struct _Unwind_Context *context)
{
    (void)class, (void)exception;
    if (version != 1 || !(actions & _UA_CLEANUP_PHASE))
        return _URC_CONTINUE_UNWIND;
    struct call_frame *call = open_call(context, (uint64_t)__builtin_return_address(0));
    if (call == NULL)
        return _URC_CONTINUE_UNWIND;
    call->registers.arguments[ARCH_RESULT] = UINT64_MAX; /* it has none */
    hook_leave(call);
    return _URC_CONTINUE_UNWIND;
}
