/*
 * watched_call.c - calls by which the program changes what the library depends on.
 */
#include "hook/watched_call.h"

#include <linux/capability.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "base/kernel.h"
#include "code/call_frame.h"
#include "hook/entry.h"
#include "hook/faults.h"
#include "hook/execution.h"
#include "object/object.h"
#include "record/record.h"
#include "record/thread.h"
#include "record/thread_time.h"
#include "trace/modules.h"
#include "trace/trace.h"
#include "base/forbidden.h"

static const char *name_of(const struct hook_record *record)
{
    return (const char *)record + record->name;
}

static void note_unloading(const struct hook_record *record)
{
    if (record->flags & HOOK_UNLOADS)
        atomic_fetch_add_explicit(&modules_generation, 1, memory_order_release);
}

/* Whether seccomp(2) with these arguments can succeed: libseccomp finds out what the kernel
 * supports by calls that can only fail. */
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

/* Strict seccomp also forbids to read the processor's counter (Linux, seccomp_set_mode_strict). */
static void note_forbidding(bool is_strict, uint64_t sp)
{
    if (is_strict)
        record_expect(EXPECT_NO_CLOCK, 0);
    record_expect(EXPECT_NO_CALLS, sp);
}

/* Copies the name that a thread is given. prctl(2) cuts a name that is too long;
 * pthread_setname_np(3) refuses it. Returns false if it is refused, or cannot be read. */
static bool watched_call_read_name(char name[THREAD_NAME_SIZE], const char *text, bool is_cut)
{
    size_t copied = kernel_copy_text(name, (uint64_t)text, THREAD_NAME_SIZE, 0);
    if (copied == 0 || name[copied - 1] == '\0')
        return copied != 0;
    name[THREAD_NAME_SIZE - 1] = '\0';
    return is_cut;
}

static void watched_call_note_name(uint64_t pointer, const char *text, bool is_cut)
{
    char name[THREAD_NAME_SIZE] = "";
    uint32_t epoch = trace_epoch();
    if (!kernel_is_forbidden && watched_call_read_name(name, text, is_cut) && trace_is_open(epoch))
        thread_note_name(&trace_segment, epoch, pointer, name);
}

#ifndef PR_SET_MDWE
#define PR_SET_MDWE 65 /* Linux 6.3 */
#endif

/* prctl(2): its other options are frequent and harmless. */
static void note_prctl(const uint64_t *arguments, uint64_t sp)
{
    unsigned option = (unsigned)arguments[0], value = (unsigned)arguments[1];
    if (option == PR_SET_NO_NEW_PRIVS) { /* Landlock, seccomp: most may use them only after this */
        execution_expect_confinement();
        record_expect(EXPECT_FILTER, 0);
    }
    if (option == PR_SET_TSC && value == PR_TSC_SIGSEGV)
        record_expect(EXPECT_NO_CLOCK, 0);
    if (option == PR_SET_MDWE)
        entry_expect_libraries(); /* after this, the breakpoint's code cannot be written */
    if (option == PR_SET_NAME)
        watched_call_note_name(
            (uint64_t)__builtin_thread_pointer(), (const char *)arguments[1], true);
    if (option == PR_SET_SECCOMP)
        note_forbidding(value == SECCOMP_MODE_STRICT, sp);
}

/* The threads that are still there end as well. */
static void note_exit(int status)
{
    uint32_t epoch = trace_epoch();
    if (trace_is_open(epoch))
        thread_note_all_ends(&trace_segment, epoch);
    trace_note_exit(status);
}

/* The buffer is readable: the function is about to read it. */
static void note_end(struct call_frame *call)
{
    uint64_t argument = call->registers.arguments[0];
    switch (HOOK_OBJECT(call->record->flags)) {
    case HOOK_OBJECT_JUMP_BUFFER:
        record_jump(call, arch_jump_target((const void *)argument));
        break;
    case HOOK_OBJECT_FIBER_END: record_fiber_end(argument); break;
    default: note_exit((int)argument);
    }
}

static void note_thread_end(void)
{
    uint32_t epoch = trace_epoch();
    if (trace_is_open(epoch))
        thread_note_end(&trace_segment, epoch);
}

#ifndef SYS_landlock_restrict_self
#define SYS_landlock_restrict_self 446
#endif

/* The same for syscall(2). */
static void watched_call_note_system_call(struct call_frame *call)
{
    const uint64_t *arguments = call->registers.arguments;
    uint64_t sp = (uint64_t)call;
    object_note_system_call(call);
    if (arguments[0] == SYS_execve || arguments[0] == SYS_execveat)
        execution_system_call(call, arguments);
    if (arguments[0] == SYS_exit_group)
        note_exit((int)arguments[1]);
    if (arguments[0] == SYS_landlock_restrict_self)
        execution_expect_confinement();
    if (arguments[0] == SYS_prctl)
        note_prctl(arguments + 1, sp);
    if (arguments[0] == SYS_seccomp && can_forbid(arguments[1], arguments[2], arguments[3]))
        note_forbidding((uint32_t)arguments[1] == SECCOMP_SET_MODE_STRICT, sp);
}

static bool is_readable(const void *memory, size_t size)
{
    return (uint64_t)memory % 8 == 0 && kernel_is_readable((uint64_t)memory) &&
           kernel_is_readable((uint64_t)memory + size - 8);
}

/* setrlimit(2), prlimit(2): limits on which a trace file depends. */
static void note_limit(int resource, const struct rlimit *limit)
{
    if (limit == NULL || kernel_is_forbidden || !is_readable(limit, sizeof *limit))
        return;
    if (resource == RLIMIT_FSIZE || resource == RLIMIT_NOFILE)
        record_expect(EXPECT_FEWER_RIGHTS, 0);
    if (resource == RLIMIT_AS)
        record_expect(EXPECT_LIMIT, limit->rlim_cur);
}

#define LOCKED_SHARE 4 /* our part of lockable memory is larger: most of ours is unused */

/* mlockall(2): all mapped memory is counted, also what is only reserved, unless the process may
 * lock any amount. */
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
        record_expect(EXPECT_LIMIT, limit.rlim_cur * LOCKED_SHARE);
}

/* Whether the function sets limits on the process's resources, or is subject to one. */
static bool is_about_limits(const struct call_frame *call, const char *name)
{
    const uint64_t *arguments = call->registers.arguments;
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

static void note_restriction(struct call_frame *call)
{
    const char *name = name_of(call->record);
    uint64_t sp = (uint64_t)call;
    if (text_equal(name, "prctl"))
        note_prctl(call->registers.arguments, sp);
    else if (text_equal(name, "syscall"))
        watched_call_note_system_call(call);
    else if (text_equal(name, "pthread_setname_np")) /* its first argument is a thread pointer */
        watched_call_note_name(
            call->registers.arguments[0], (const char *)call->registers.arguments[1], false);
    else if (execution_call(call, name))
        entry_look_again();
    else if (!is_about_limits(call, name))
        record_expect(EXPECT_FEWER_RIGHTS, 0);
}

/* Whether the child will share the caller's memory and thread pointer, and run at the same time:
 * clone(2). The arguments of clone3 are in memory that may not be readable, so it always counts. */
static bool shares_thread(uint64_t flags)
{
    return flags & CLONE_VM && !(flags & (CLONE_SETTLS | CLONE_VFORK));
}

static void note_sharing(const struct call_frame *call)
{
    const char *name = name_of(call->record);
    const uint64_t *arguments = call->registers.arguments;
    bool is_any = text_equal(name, "clone3");
    if (text_equal(name, "syscall"))
        is_any = arguments[0] == SYS_clone3 ||
                 (arguments[0] == SYS_clone && shares_thread(arguments[1]));
    else if (!is_any)
        is_any = shares_thread(arguments[2]);
    if (is_any)
        thread_expect_sharing();
}

void watched_call_enter(struct call_frame *call)
{
    uint32_t flags = call->record->flags;
    if (flags & HOOK_NUMBERS)
        object_note_numbers(call, name_of(call->record));
    if (!(flags & HOOK_WATCHED & ~(uint32_t)HOOK_NUMBERS))
        return; /* close(2): it is frequent */
    note_unloading(call->record);
    if (flags & HOOK_RESTRICTS)
        note_restriction(call);
    if (flags & HOOK_LOADS)
        entry_expect_libraries();
    if (flags & HOOK_SHARES)
        note_sharing(call);
    if (flags & HOOK_EXECUTES)
        execution_execve(call);
    if (flags & HOOK_ENDS)
        note_end(call);
    if (flags & HOOK_THREAD_BEGINS)
        thread_time_note_begin();
    if (flags & HOOK_THREAD_ENDS)
        note_thread_end();
    if (flags & HOOK_HANDLES)
        faults_note_call(call);
}

void watched_call_leave(struct call_frame *call)
{
    note_unloading(call->record);
    if (call->record->flags & HOOK_HANDLES)
        faults_note_return(call);
    if (call->record->flags & HOOK_NUMBERS)
        object_note_numbers_changed(call, name_of(call->record));
}
