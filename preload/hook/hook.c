/*
 * hook.c - entry and return of a leaf.
 */
#include "hook/hook.h"

#include <link.h>
#include <unwind.h>

#include "base/clock.h"
#include "base/kernel.h"
#include "base/linkmap.h"
#include "code/pad.h"
#include "hook/follow.h"
#include "hook/watch.h"
#include "record/calls.h"
#include "record/preload.h"
#include "record/thread.h"
#include "trace_format.h"
#include "base/forbidden.h"

/* What the trampoline takes of the stack for them. */
#define COPIED_ALIGNED(bytes) (((bytes) + 63) & ~UINT64_C(63))

/* Less than what the kernel puts on the stack for a signal (struct rt_sigframe, with 512 bytes of
 * FXSAVE, below the red zone). */
#define BODY_BYTES_MAX 512

/* Farther apart than this is no code of one library, and no less is libc. */
#define CODE_NEAR UINT64_C(0x800000)

static const char *text_at(const struct hook_record *record, int32_t offset)
{
    return offset ? (const char *)record + offset : NULL;
}

/* In record->flags: the function is hooked at its entry, and what these were before, moved. */
#define MINDS_ENTRY  0x10000u
#define BEFORE       (HOOK_TAIL | HOOK_NOT_A_LEAF)
#define BEFORE_SHIFT 17

static uint32_t flags_before(uint32_t flags)
{
    if (!(flags & MINDS_ENTRY))
        return flags;
    uint32_t before = flags >> BEFORE_SHIFT & BEFORE;
    return (flags & ~(MINDS_ENTRY | BEFORE | BEFORE << BEFORE_SHIFT)) | before;
}

/* The stub is left for what the library itself wants to know. */
static uint32_t flags_minding(uint32_t flags)
{
    bool is_called = flags & (HOOK_UNLOADS | HOOK_HANDLES) && !(flags & HOOK_TAIL);
    return flags | (flags & BEFORE) << BEFORE_SHIFT | MINDS_ENTRY | HOOK_NOT_A_LEAF |
           (is_called ? 0 : HOOK_TAIL);
}

/* A function that is hooked at its entry as well has its hit there: the stub leads to it at once,
 * if the library does not watch it. When it is hooked there no more, the stub is as it was. */
static void mind_entry(struct hook_record *record, uint64_t target)
{
    uint32_t flags = flags_before(record->flags);
    uint64_t jump = (uint64_t)scoped_trace_enter;
    if (pads_are_at(target)) {
        if (!(flags & WATCHED))
            jump = target;
        flags = flags_minding(flags);
        if (text_equal(text_at(record, record->name), "execve"))
            follow_at_entry();
    }
    __atomic_store_n(&record->flags, flags, __ATOMIC_RELAXED);
    atomic_store_explicit(&record->jump, jump, memory_order_relaxed);
}

/* The next definition after the interposer's own, as the dynamic linker would have bound it.
 * Only the program itself stands before us: a function that it defines never comes here. */
static uint64_t resolve(struct hook_record *record)
{
    const char *name = text_at(record, record->name), *version = text_at(record, record->version);
    uint64_t target = linkmap_find_after((uint64_t)record, name, version);
    if (target == 0)
        return 0;
    mind_entry(record, target);
    atomic_store_explicit(&record->target, target, memory_order_relaxed);
    return target;
}

void hook_resolve_all(void)
{
    struct hook_record *record = scoped_trace_hooks;
    for (; record && record->name; record++)
        if (!(record->flags & HOOK_LATE) &&
            atomic_load_explicit(&record->target, memory_order_relaxed) == 0)
            resolve(record);
}

void hook_mind_entries(void)
{
    struct hook_record *record = scoped_trace_hooks;
    for (; record && record->name; record++) {
        uint64_t target = atomic_load_explicit(&record->target, memory_order_relaxed);
        if (target)
            mind_entry(record, target);
    }
}

bool hook_has_stub(uint64_t address)
{
    struct hook_record *record = scoped_trace_hooks;
    for (; record && record->name; record++) {
        uint64_t target = atomic_load_explicit(&record->target, memory_order_relaxed);
        target = target ? target : resolve(record);
        if (target && pads_is_entry(target, address))
            return true;
    }
    return false;
}

bool hook_watches_loading(void)
{
    const struct hook_record *record = scoped_trace_hooks;
    while (record && record->name && !(record->flags & HOOK_LOADS))
        record++;
    return record && record->name;
}

/* A stub can be bound, by a weak reference, where nothing real exists. */
static long missing(void)
{
    return -1;
}

/* The call of a leaf, or of the root, which has come here by a jump instead of returning; or NULL.
 * Then the stack is as its trampoline has left it: above the return address are the arguments that
 * were copied for it, and its record. */
static const struct hook_call *find_jumper(const struct hook_call *call)
{
    if (__builtin_expect(call->return_address != (uint64_t)hook_return_address, 1))
        return NULL;
    const struct hook_call *jumper = (const struct hook_call *)(call->caller_fp - HOOK_CALL_FP);
    uint64_t size = (uint64_t)jumper - (uint64_t)call->stack;
    return size <= COPIED_ALIGNED(THREAD_COPIED_MAX) && size == COPIED_ALIGNED(jumper->stack_bytes)
               ? jumper
               : NULL;
}

/* Notes how many bytes of arguments on the stack are to be copied: all that there may be. Returns
 * false where that is not known, or too many. */
static bool find_arguments(struct hook_call *call, struct stack_bounds bounds)
{
    uint32_t flags = call->record->flags;
    uint64_t start = (uint64_t)call->stack, size = HOOK_STACK_WORDS(flags) * sizeof(uint64_t);
    if (size == 0) {
        if (bounds.arguments_end < start)
            return false;
        size = bounds.arguments_end - start;
        if (size > STACK_FEW_ARGUMENTS && !preload_has_room(call, bounds.base, size))
            return false;
    }
    call->stack_bytes = size & ~UINT64_C(7);
    return true;
}

/* What has come by a jump takes no more of its caller's stack than a plain function would, be it
 * the millionth: the first in a row has a frame of the trampoline's, the others have none. */
static bool joins_row(struct hook_call *call, const struct hook_call *jumper)
{
    if (jumper == NULL || jumper->return_address == (uint64_t)hook_return_address)
        return true;
    call->stack_bytes = jumper->stack_bytes;
    return false;
}

/* Whether the function is to be entered by a jump: what unloads code is always called. */
static bool enters_by_jump(struct hook_call *call, struct stack_bounds bounds)
{
    uint32_t flags = call->record->flags;
    if (flags & HOOK_TAIL)
        return true;
    if (__builtin_expect(call->return_address == (uint64_t)hook_return_address, 0))
        return joins_row(call, find_jumper(call)) && !(flags & HOOK_UNLOADS);
    if (!(flags & HOOK_STACK_ARGS) || find_arguments(call, bounds))
        return false;
    preload_note_untimed(call);
    return true;
}

static uint64_t ticks_since(const struct hook_call *call, uint64_t now)
{
    return now > call->entered ? now - call->entered : 0;
}

/* The innermost open call of the thread that could not be recorded. It may be gone, if it was left
 * by a jump, and its stack, too. */
static __thread struct hook_call *lost_call __attribute__((tls_model("initial-exec")));

/* Where the trampoline's call of the real function has put its return address. */
static uint64_t body_of(const struct hook_call *call)
{
    return (uint64_t)call - COPIED_ALIGNED(call->stack_bytes) - sizeof(uint64_t);
}

static bool is_code_near(uint64_t word, uint64_t code)
{
    return word - code + CODE_NEAR < 2 * CODE_NEAR;
}

/* Whether the call comes from the body of the open call `outer`: that has jumped to it, or what
 * lies between them on the stack is one frame. That is so if there is no other return address, and
 * it is too short for the frame of a signal. */
static bool is_called_by(const struct hook_call *call, const struct hook_call *outer)
{
    const uint64_t *word = &call->return_address;
    uint64_t distance = (uint64_t)outer - (uint64_t)word; /* huge where it lies below */
    if (distance >= BODY_BYTES_MAX)
        return false;
    /* The outer call may be no more, and the stack may end before it. */
    if (((uint64_t)outer ^ (uint64_t)word) >= KERNEL_PAGE && !kernel_is_readable((uint64_t)outer))
        return false;
    uint64_t body = body_of(outer), code = *word;
    if (code == (uint64_t)hook_return_address)
        return body == (uint64_t)word;
    for (word++; (uint64_t)word < body; word++)
        if (is_code_near(*word, code))
            return false;
    return (uint64_t)word == body && *word == (uint64_t)hook_return_address;
}

bool hook_lose(struct hook_call *call)
{
    bool is_inner = lost_call && call->record->flags & HOOK_IMPLIED &&
                    is_called_by(call, lost_call);
    call->outer = lost_call;
    lost_call = call;
    return !is_inner;
}

static void leave_lost(const struct hook_call *call)
{
    if (lost_call == call)
        lost_call = call->outer;
}

int hook_enter(struct hook_call *call)
{
    struct hook_record *record = call->record;
    uint64_t target = atomic_load_explicit(&record->target, memory_order_relaxed);
    if (__builtin_expect(target == 0, 0))
        target = resolve(record);
    call->target = target ? target : (uint64_t)missing;
    call->stack_bytes = 0;
    call->node = NULL;
    struct stack_bounds bounds = {0, 0};
    if (!(record->flags & HOOK_NOT_A_LEAF))
        bounds = preload_hit(call, text_at(record, record->leaf));
    else if ((record->flags & (HOOK_STACK_ARGS | HOOK_TAIL)) == HOOK_STACK_ARGS)
        bounds = preload_find_bounds(call);
    bool is_jump = enters_by_jump(call, bounds);
    if (__builtin_expect(is_jump, 0))
        leave_lost(call);
    if (__builtin_expect(record->flags & HOOK_ROOT, 0)) {
        preload_begin_call(call, is_jump);
        call->entered = clock_ticks();
    }
    if (call->node) {
        call->thread = __builtin_thread_pointer();
        /* One instruction each: a signal handler may count at the same node in between. */
        preload_add(&call->node->hits, 1);
        if (is_jump)
            preload_add(&call->node->returns, 1);
        call->entered = clock_ticks();
        atomic_store_explicit(&call->node->entered, call->entered, memory_order_relaxed);
    }
    /* Last: it may execute the program itself. */
    if (__builtin_expect(record->flags & WATCHED, 0))
        watch_call(call);
    return is_jump;
}

void hook_leave(struct hook_call *call)
{
    uint64_t now = clock_ticks();
    struct trace_node *node = call->node;
    if (__builtin_expect(call->record->flags & WATCHED, 0))
        watch_return(call);
    if (__builtin_expect(call->record->flags & HOOK_ROOT, 0))
        preload_end_call(call, ticks_since(call, now));
    if (node == NULL) {
        leave_lost(call);
        return;
    }
    /* A child forked within the leaf has a trace of its own, where this call never began. */
    if (!preload_is_current(call->epoch))
        return;
    uint64_t ticks = ticks_since(call, now);
    if (__builtin_expect(call->thread != __builtin_thread_pointer(), 0)) {
        preload_leave_elsewhere(node, ticks);
        return;
    }
    preload_add(&node->ticks, ticks);
    if (ticks > atomic_load_explicit(&node->longest, memory_order_relaxed))
        atomic_store_explicit(&node->longest, ticks, memory_order_relaxed);
    preload_add(&node->returns, 1);
    if (__builtin_expect(calls_limit, 0))
        preload_time(call, ticks);
}

trace_index hook_leaf_called(uint64_t pc, uint64_t fp)
{
    if (pc != (uint64_t)hook_return_address)
        return 0;
    const struct hook_call *call = (const struct hook_call *)(fp - HOOK_CALL_FP);
    /* In a forked child the node of a call that began in its parent is gone. */
    if (call->node == NULL || !preload_is_current(call->epoch))
        return 0;
    return call->node->module;
}

/* What the unwinder that called us says of a frame: contexts differ between unwinders, and a
 * statically linked one keeps its functions to itself (then the call stays open). */
typedef _Unwind_Word get_register(struct _Unwind_Context *context, int number);
typedef _Unwind_Ptr get_ip(struct _Unwind_Context *context);

/* The open call of the trampoline's frame `context`, or NULL: a signal can come at any instruction,
 * and its handler throw, or cancel the thread. */
static struct hook_call *open_call(struct _Unwind_Context *context, uint64_t unwinder)
{
    struct link_map *map = linkmap_of(unwinder);
    if (map == NULL)
        return NULL;
    get_ip *ip_of = (get_ip *)linkmap_find_symbol_in(map, "_Unwind_GetIP", NULL);
    get_register *register_of = (get_register *)linkmap_find_symbol_in(map, "_Unwind_GetGR", NULL);
    if (ip_of == NULL || register_of == NULL)
        return NULL;
    uint64_t pc = ip_of(context);
    if (pc < (uint64_t)hook_call_begins || pc > (uint64_t)hook_call_ends)
        return NULL;
    uint64_t rbp = register_of(context, 6); /* psABI figure 3.36: register 6 is rbp */
    return (struct hook_call *)(rbp - HOOK_CALL_FP);
}

/* The trampoline's personality (Itanium C++ ABI, exception handling, 1.6.2): when an exception
 * or a cancellation unwinds its frame, the call is left. */
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
    struct hook_call *call = open_call(context, (uint64_t)__builtin_return_address(0));
    if (call)
        hook_leave(call);
    return _URC_CONTINUE_UNWIND;
}
