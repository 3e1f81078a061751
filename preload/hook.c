/*
 * hook.c - entry and return of a leaf.
 */
#include "hook.h"

#include <linux/capability.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <link.h>
#include <unwind.h>

#include "calls.h"
#include "clock.h"
#include "entry.h"
#include "follow.h"
#include "kernel.h"
#include "linkmap.h"
#include "modules.h"
#include "pad.h"
#include "preload.h"
#include "thread.h"
#include "trace_format.h"
#include "forbidden.h"

/* Arguments on the stack that are copied where nobody knows how many there are. */
#define STACK_BYTES_MAX 1024

/* The interposer's records. Weak: the library may be loaded without it. */
extern struct hook_record scoped_trace_hooks[] __attribute__((weak, visibility("default")));

static const char *text_at(const struct hook_record *record, int32_t offset)
{
    return offset ? (const char *)record + offset : NULL;
}

/* A function that is hooked at its entry as well has its hit there; the stub is left for what the
 * library itself wants to know. */
static void mind_entry(struct hook_record *record, uint64_t target)
{
    if (!pads_are_at(target))
        return;
    uint32_t flags = HOOK_NOT_A_LEAF | (record->flags & HOOK_UNLOADS ? 0 : HOOK_TAIL);
    __atomic_fetch_or(&record->flags, flags, __ATOMIC_RELAXED);
}

/* The next definition after the interposer's own, as the dynamic linker would have bound it.
 * Only the program itself stands before us: a function that it defines never comes here. */
static uint64_t resolve(struct hook_record *record)
{
    const char *name = text_at(record, record->name), *version = text_at(record, record->version);
    struct link_map *interposer = linkmap_of((uint64_t)record);
    uint64_t target = interposer ? linkmap_find_symbol(interposer->l_next, name, version) : 0;
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
        if (atomic_load_explicit(&record->target, memory_order_relaxed) == 0)
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

bool hook_watches_loading(void)
{
    const struct hook_record *record = scoped_trace_hooks;
    while (record && record->name && !(record->flags & HOOK_LOADS))
        record++;
    return record && record->name;
}

bool hook_is_interposer(const struct link_map *map)
{
    return scoped_trace_hooks && map == linkmap_of((uint64_t)scoped_trace_hooks);
}

/* A stub can be bound, by a weak reference, where nothing real exists. */
static long missing(void)
{
    return -1;
}

/* How many bytes above the return address may be arguments: what is left of the caller's frame, or,
 * where its end is not known, of this page and the next one, if the stack has it. */
static uint64_t stack_bytes(const struct hook_call *call, uint64_t caller_cfa)
{
    uint64_t start = (uint64_t)call->stack;
    uint64_t end = (start | (KERNEL_PAGE - 1)) + 1;
    if (caller_cfa > start)
        end = caller_cfa;
    else if (end - start < STACK_BYTES_MAX && !kernel_is_forbidden && kernel_is_readable(end))
        end += KERNEL_PAGE;
    uint64_t size = end - start < STACK_BYTES_MAX ? end - start : STACK_BYTES_MAX;
    return size & ~UINT64_C(15);
}

static void note_unloading(const struct hook_record *record)
{
    if (record->flags & HOOK_UNLOADS)
        atomic_fetch_add_explicit(&modules_generation, 1, memory_order_release);
}

/* Whether seccomp(2) with these arguments can do more than fail: libseccomp tries out what the
 * kernel knows by calls that cannot succeed. */
static bool can_forbid(uint64_t operation, uint64_t flags, uint64_t filter)
{
    switch ((uint32_t)operation) {
    case SECCOMP_SET_MODE_STRICT: return (uint32_t)flags == 0 && filter == 0;
    case SECCOMP_SET_MODE_FILTER: return filter != 0;
    case SECCOMP_GET_ACTION_AVAIL:
    case SECCOMP_GET_NOTIF_SIZES: return false;
    default: return true;
    }
}

/* Whether the program is about to forbid system calls: prctl(2), seccomp(2). */
static bool forbids_system_calls(const struct hook_call *call, const char *name)
{
    const uint64_t *arguments = call->arguments;
    if (text_equal(name, "prctl"))
        return arguments[0] == PR_SET_SECCOMP;
    if (!text_equal(name, "syscall"))
        return false;
    if (arguments[0] == SYS_seccomp)
        return can_forbid(arguments[1], arguments[2], arguments[3]);
    return arguments[0] == SYS_prctl && arguments[1] == PR_SET_SECCOMP;
}

static bool is_readable(const void *memory, size_t size)
{
    return (uint64_t)memory % 8 == 0 && kernel_is_readable((uint64_t)memory) &&
           kernel_is_readable((uint64_t)memory + size - 8);
}

/* setrlimit(2), prlimit(2): of limits that a trace file depends on. */
static void note_limit(int resource, const struct rlimit *limit)
{
    if (limit == NULL || kernel_is_forbidden || !is_readable(limit, sizeof *limit))
        return;
    if (resource == RLIMIT_FSIZE || resource == RLIMIT_NOFILE)
        preload_restrict(false, 0);
    if (resource == RLIMIT_AS)
        preload_limit(limit->rlim_cur);
}

#define LOCKED_SHARE 4 /* our part of what may be locked is larger: most of it is not in use */

/* mlockall(2): all that is mapped counts, reserved as it may be, unless the process may lock as
 * much as it likes. */
static void note_locking(void)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct rights[_LINUX_CAPABILITY_U32S_3];
    struct rlimit limit;
    if (kernel_is_forbidden || KERNEL_CALL2(SYS_getrlimit, RLIMIT_MEMLOCK, &limit) != 0)
        return;
    bool may_lock = KERNEL_CALL2(SYS_capget, &header, rights) == 0 &&
                    rights[0].effective & 1u << CAP_IPC_LOCK;
    if (!may_lock && limit.rlim_cur < RLIM_INFINITY / LOCKED_SHARE)
        preload_limit(limit.rlim_cur * LOCKED_SHARE);
}

/* Whether the call is one of a function that limits the process's resources, or meets a limit. */
static bool is_about_limits(const struct hook_call *call, const char *name)
{
    const uint64_t *arguments = call->arguments;
    if (text_equal(name, "mlockall")) {
        note_locking();
        return true;
    }
    if (text_equal(name, "setrlimit") || text_equal(name, "setrlimit64")) {
        note_limit((int)arguments[0], (const struct rlimit *)arguments[1]);
        return true;
    }
    if (!text_equal(name, "prlimit") && !text_equal(name, "prlimit64"))
        return false;
    note_limit((int)arguments[1], (const struct rlimit *)arguments[2]);
    return true;
}

/* Other calls of prctl and syscall are everyday ones. */
static void note_restriction(const struct hook_call *call)
{
    const char *name = text_at(call->record, call->record->name);
    if (text_equal(name, "prctl") || text_equal(name, "syscall")) {
        if (forbids_system_calls(call, name))
            preload_restrict(true, (uint64_t)call);
        return;
    }
    if (!follow_note(call, name) && !is_about_limits(call, name))
        preload_restrict(false, (uint64_t)call);
}

/* Whether the child will have the caller's memory and thread pointer, and run at the same time:
 * clone(2). What clone3 is told lies in memory that may not be readable. */
static bool shares_thread(uint64_t flags)
{
    return flags & CLONE_VM && !(flags & (CLONE_SETTLS | CLONE_VFORK));
}

static void note_sharing(const struct hook_call *call)
{
    const char *name = text_at(call->record, call->record->name);
    const uint64_t *arguments = call->arguments;
    bool is_any = text_equal(name, "clone3");
    if (text_equal(name, "syscall"))
        is_any = arguments[0] == SYS_clone3 ||
                 (arguments[0] == SYS_clone && shares_thread(arguments[1]));
    else if (!is_any)
        is_any = shares_thread(arguments[2]);
    if (is_any)
        thread_expect_sharing();
}

static uint64_t ticks_since(const struct hook_call *call, uint64_t now)
{
    return now > call->entered ? now - call->entered : 0;
}

/* What the library wants to know of some functions. */
static void note_call(const struct hook_call *call)
{
    uint32_t flags = call->record->flags;
    note_unloading(call->record);
    if (flags & HOOK_RESTRICTS)
        note_restriction(call);
    if (flags & HOOK_LOADS)
        entry_expect_libraries();
    if (flags & HOOK_SHARES)
        note_sharing(call);
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
    uint64_t arguments_end = 0;
    if (!(record->flags & HOOK_NOT_A_LEAF))
        arguments_end = preload_hit(call, text_at(record, record->leaf));
    if (__builtin_expect(record->flags & HOOK_ROOT, 0)) {
        uint64_t stack_end = preload_begin_call(call);
        arguments_end = arguments_end ? arguments_end : stack_end;
        call->entered = clock_ticks();
    }
    if (record->flags & HOOK_STACK_ARGS)
        call->stack_bytes = stack_bytes(call, arguments_end);
    note_call(call);
    bool is_jump = record->flags & HOOK_TAIL;
    if (call->node) {
        /* One instruction each: a signal handler may count at the same node in between. */
        preload_add(&call->node->hits, 1);
        preload_add(&call->node->returns, is_jump);
        call->entered = clock_ticks();
        atomic_store_explicit(&call->node->entered, call->entered, memory_order_relaxed);
    }
    return is_jump;
}

void hook_leave(struct hook_call *call)
{
    uint64_t now = clock_ticks();
    struct trace_node *node = call->node;
    note_unloading(call->record);
    if (__builtin_expect(call->record->flags & HOOK_ROOT, 0))
        preload_end_call(call, ticks_since(call, now));
    /* A child forked within the leaf has a trace of its own, where this call never began. */
    if (node == NULL || !preload_is_current(call->epoch))
        return;
    uint64_t ticks = ticks_since(call, now);
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
