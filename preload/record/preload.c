/*
 * preload.c - the library's life in the program. Start reading here.
 *
 *   start    the dynamic linker runs it when the library is loaded; hits of other
 *            libraries' constructors may come before it, and then do its work
 *   a hit    trampoline -> hook_enter -> preload_hit -> stack_hit -> tree_node, which is
 *            all there is: the tree is the trace file, mapped
 *   a fork   the child finds that it has no trace file, and opens its own, at its first hit
 *   the end  nothing: what is recorded is in the file
 *
 * Nothing here allocates, locks, prints, exits or calls libc once the program runs.
 */
#include "record/preload.h"

#include <asm/errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/kernel.h"
#include "base/linkmap.h"
#include "base/pool.h"
#include "base/startup.h"
#include "hook/entry.h"
#include "record/thread.h"
#include "trace/modules.h"
#include "trace/segment.h"
#include "trace/untraced.h"
#include "walk/pad_tables.h"
#include "x86_64/vectors.h"

#include <link.h>

#include "base/forbidden.h"

#define FIRST_PID_NAMESPACE 0xeffffffcu /* its inode (Linux, PROC_PID_INIT_INO) */

#define EPOCH_DISABLED UINT32_MAX /* there is no trace file, and there will be none */

/* How long a hit waits for another thread that is opening the trace file, and how often. */
#define OPENER_PAUSE_NS 1000000
#define OPENER_PAUSES   100

/* What a fork ends. It lies on a page that the kernel wipes in a forked child
 * (MADV_WIPEONFORK, Linux 4.14), so the child learns at its next hit, however it came
 * to be, that the mapping is not its own; a vfork child goes on with its parent's. */
struct life {
    _Atomic uint32_t epoch; /* of the trace file; 0: to be opened */
};

static struct life unborn;
static struct life *life = &unborn;

static struct segment segment;
static char directory[200];      /* the session's; empty: there is none */
static const char *library = ""; /* paths, as the dynamic linker knows them */
static const char *interposer;
static _Atomic uint32_t has_started; /* the directory, clock and so on are known */
static _Atomic int32_t opener;       /* the process that is opening the trace file */
static uint32_t last_epoch;
static volatile bool is_preparing;    /* what is set aside for a time without system calls */
static _Atomic uint64_t lost_at_open; /* hits that came while it was being opened */

/* What the dynamic linker has given to our constructor, which runs before that of libc, where
 * `environ` gets its value. */
static char **variables;
static char **arguments;  /* while it runs */
static const char *title; /* where argv[0] was, which stays readable */

/* Finds NAME=value in the environment without getenv, which may be a leaf. */
static const char *environment(const char *name)
{
    size_t length = text_length(name);
    for (char **entry = variables ? variables : environ; entry && *entry; entry++)
        if (memory_equal(*entry, name, length) && (*entry)[length] == '=')
            return *entry + length + 1;
    return NULL;
}

/* The number that the text begins with, at most `limit`; 0 for no text. */
static uint32_t number(const char *text, uint32_t limit)
{
    uint32_t value = 0;
    for (; text && *text >= '0' && *text <= '9' && value <= limit; text++)
        value = value * 10 + (uint32_t)(*text - '0');
    return value < limit ? value : limit;
}

/* What must be known before the first hit is recorded. May run twice, with the same result. */
static void start(void)
{
    const char *value = environment(TRACE_SESSION_ENV);
    size_t length = value ? text_length(value) : 0;
    if (length > 0 && length < sizeof directory && value[0] == '/')
        memory_copy(directory, value, length + 1);
    vectors_start();
    pad_tables_start();
    clock_start(environment(TRACE_CLOCK_ENV));
    calls_limit = number(environment(TRACE_EACH_ENV), CALLS_LIMIT_MAX);
    atomic_store_explicit(&has_started, 1, memory_order_release);
}

/* What opening the trace file needs, and a stack may have no room for: one thread does it. */
static struct {
    char text[512];
    struct stat status;
    char line[512];
    struct vectors_area vectors;
} at_open STARTUP_ROOM(at_open);

/* The arguments with a NUL after each, up to `size` bytes. Returns how many. */
static long copy_arguments(char *text, size_t size)
{
    char **argument = arguments;
    const char *c = *argument;
    size_t length = 0;
    for (; c && length < size; length++) {
        text[length] = *c;
        c = *c ? c + 1 : *++argument;
    }
    return (long)length;
}

/* The same from the kernel, or -errno. */
static long read_arguments(char *text, size_t size)
{
    long fd = KERNEL_CALL2(SYS_open, "/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    if (kernel_failed(fd))
        return fd;
    long length = KERNEL_CALL3(SYS_read, fd, text, size);
    KERNEL_CALL1(SYS_close, fd);
    return length;
}

/* A forked child is of the command that its parent is of: what lies in the place of the arguments
 * may be a title by then. */
static struct trace_string record_command_line(void)
{
    static long known_length;
    char *text = at_open.text;
    if (known_length > 0)
        return segment_text(&segment, text, (size_t)known_length);
    long length = arguments ? copy_arguments(text, sizeof at_open.text)
                            : read_arguments(text, sizeof at_open.text);
    if (kernel_failed(length))
        return (struct trace_string){0, 0};
    while (length > 0 && text[length - 1] == '\0')
        length--;
    for (long i = 0; i < length; i++)
        if (text[i] == '\0')
            text[i] = ' ';
    known_length = length;
    return segment_text(&segment, text, (size_t)length);
}

/* Many programs write what they are doing over their arguments (setproctitle(3bsd)). Another thread
 * may be at it, here or there; so what is read may be torn. */
__attribute__((noinline)) static void refresh_title(void)
{
    volatile char *to = segment.header->title;
    const volatile char *from = title;
    for (unsigned i = 0; from && i < TRACE_TITLE_SIZE - 1; i++) {
        char byte = from[i];
        if (to[i] != byte)
            to[i] = byte;
        if (byte == '\0')
            return;
    }
}

/* The 22nd field of /proc/self/stat; the second one is a name in parentheses, with anything in it.
 */
static uint64_t find_start_time(void)
{
    char *line = at_open.line;
    long fd = KERNEL_CALL2(SYS_open, "/proc/self/stat", O_RDONLY | O_CLOEXEC);
    if (kernel_failed(fd))
        return 0;
    long length = KERNEL_CALL3(SYS_read, fd, line, sizeof at_open.line - 1);
    KERNEL_CALL1(SYS_close, fd);
    if (kernel_failed(length))
        return 0;
    line[length] = '\0';
    const char *at = line, *field = line;
    for (; *at; at++)
        if (*at == ')')
            field = at;
    for (unsigned which = 2; *field && which < 22; field++)
        which += *field == ' ';
    return number(field, UINT32_MAX);
}

static uint64_t find_birth(void)
{
    if (kernel_failed(KERNEL_CALL2(SYS_stat, "/proc/self/ns/pid", &at_open.status)))
        return 0;
    uint64_t namespace = at_open.status.st_ino;
    return namespace == FIRST_PID_NAMESPACE ? namespace : find_start_time() << 32 | namespace;
}

/* The first process of a PID namespace sees no parent; a forked one had the parent's memory. */
static int32_t find_parent(bool is_forked, int32_t pid)
{
    static int32_t own;
    int32_t parent = (int32_t)KERNEL_CALL0(SYS_getppid);
    if (parent == 0 && is_forked)
        parent = own;
    own = pid;
    return parent;
}

static void copy_left(struct trace_header *header)
{
    const struct trace_unhooked *left = entry_left();
    if (left)
        memory_copy(header->unhooked, left, sizeof header->unhooked);
    if (entry_has_missed_libraries())
        atomic_store_explicit(&header->missed_libraries, 1, memory_order_relaxed);
}

static void write_header(bool is_forked)
{
    struct trace_header *header = segment.header;
    header->pid = (int32_t)KERNEL_CALL0(SYS_getpid);
    header->parent_pid = find_parent(is_forked, header->pid);
    header->birth = find_birth();
    refresh_title();
    header->clock = clock_kind;
    header->start_ns = clock_nanoseconds(CLOCK_MONOTONIC);
    header->start_ticks = clock_ticks();
    header->start_realtime_ns = clock_nanoseconds(CLOCK_REALTIME);
    header->forked = is_forked;
    copy_left(header);
    header->command = record_command_line();
    const struct module *program = modules_find(
        &segment, (uint64_t)linkmap_first()->l_ld, &at_open.vectors);
    header->program = program ? program->trace : 0;
    /* Pairs with the reader's acquire: all of the header stands. */
    atomic_store_explicit(&header->ready, 1, memory_order_release);
}

/* A page that a fork wipes. The first one serves all later forks as well. */
static struct life *make_life(void)
{
    return life != &unborn ? life : pool_wiped_page();
}

/* Opens this process's trace file. Returns its epoch, or EPOCH_DISABLED; a forked child that
 * cannot open one leaves its hits in its parent's file, as a count of what is lost. */
static uint32_t open_trace(int32_t pid)
{
    static struct segment fresh;
    bool is_forked = segment.header != NULL;
    struct life *page = make_life();
    uint32_t epoch = EPOCH_DISABLED;
    modules_reset();
    /* What the parent's hits took is used again, unless this thread was in the middle of a hit. */
    if (is_forked && !is_preparing && thread_forget_all())
        pool_reset();
    /* Rules that were made before a fork name records of the parent's file. */
    atomic_fetch_add_explicit(&modules_generation, 1, memory_order_release);
    int error = directory[0] ? segment_create(&fresh, directory, pid, pool_trace_place(),
                                   is_forked ? &segment : NULL)
                             : -ENOENT;
    if (error == 0 && page == NULL)
        error = segment_give_up(&fresh);
    /* The hits of a forked child are counted where its parent's are. */
    if (error && segment.header && fresh.path[0])
        KERNEL_CALL1(SYS_unlink, fresh.path);
    if (error == 0) {
        memory_copy(&segment, &fresh, sizeof segment);
        thread_main_pointer = __builtin_thread_pointer();
        write_header(is_forked);
        epoch = ++last_epoch;
    }
    if (page)
        life = page;
    /* Pairs with the acquire in current_epoch: whoever sees the epoch sees the segment. */
    atomic_store_explicit(&life->epoch, epoch, memory_order_seq_cst);
    return epoch;
}

/* Hits that came while the file was being opened, counted when it is there (or, in a child that
 * could not open one, in its parent's). */
static void count_lost_at_open(void)
{
    uint64_t lost = atomic_exchange_explicit(&lost_at_open, 0, memory_order_seq_cst);
    if (lost && segment.header)
        atomic_fetch_add_explicit(
            &segment.header->losses[TRACE_LOSS_DETACHED], lost, memory_order_relaxed);
}

/* Until the thread that opens the file has done so. It needs no lock that this one could hold, but
 * for those of dl_iterate_phdr (modules.c), so this has an end. Returns the epoch, or 0. */
static uint32_t wait_for_opener(int32_t pid)
{
    const struct timespec pause = {0, OPENER_PAUSE_NS};
    for (unsigned i = 0; i < OPENER_PAUSES; i++) {
        uint32_t epoch = atomic_load_explicit(&life->epoch, memory_order_acquire);
        if (epoch != 0)
            return epoch;
        KERNEL_CALL4(SYS_futex, &opener, FUTEX_WAIT_PRIVATE, pid, &pause);
    }
    /* Either this sees the epoch, or the opener the count: both are sequentially consistent. */
    atomic_fetch_add_explicit(&lost_at_open, 1, memory_order_seq_cst);
    if (atomic_load_explicit(&life->epoch, memory_order_seq_cst) != 0)
        count_lost_at_open();
    return 0;
}

/* One thread opens the file, the others wait: were their hits but counted, the count would be gone
 * if the process died before the file is there. A child forked in the middle has another pid and
 * begins anew. */
static uint32_t attach_alone(void)
{
    int32_t pid = (int32_t)KERNEL_CALL0(SYS_getpid);
    int32_t other = atomic_load_explicit(&opener, memory_order_relaxed);
    if (!atomic_load_explicit(&has_started, memory_order_acquire))
        start();
    if (other == pid || !atomic_compare_exchange_strong_explicit(
                            &opener, &other, pid, memory_order_acq_rel, memory_order_relaxed))
        return wait_for_opener(pid);
    uint32_t epoch = atomic_load_explicit(&life->epoch, memory_order_acquire);
    if (epoch == 0)
        epoch = open_trace(pid);
    atomic_store_explicit(&opener, 0, memory_order_release);
    KERNEL_CALL3(SYS_futex, &opener, FUTEX_WAKE_PRIVATE, INT32_MAX);
    count_lost_at_open();
    return epoch;
}

/* What attach_alone needs of the stack, and less than what the hit needs after it. */
#define ATTACH_STACK "640"

/* Where the stack ends, it ends here: while signals are blocked, its end would kill a program that
 * has a handler for it. */
static inline void meet_end_of_stack(void)
{
    __asm__ volatile("testb $0, -" ATTACH_STACK "(%%rsp)" : : : "cc");
}

/* No signal handler of this thread is to come in between: its hits would be lost. */
static uint32_t attach(void)
{
    uint64_t all = ~UINT64_C(0), before = 0;
    if (kernel_is_forbidden || !linkmap_is_of_glibc())
        return EPOCH_DISABLED;
    meet_end_of_stack();
    KERNEL_CALL4(SYS_rt_sigprocmask, SIG_SETMASK, &all, &before, sizeof all);
    uint32_t epoch = attach_alone();
    KERNEL_CALL4(SYS_rt_sigprocmask, SIG_SETMASK, &before, NULL, sizeof before);
    return epoch;
}

/* The epoch of the trace file, which is opened if it has not been. Not of an open one (is_open):
 * EPOCH_DISABLED, or 0 where another thread did not get to open it, which is counted. */
static uint32_t current_epoch(void)
{
    uint32_t epoch = atomic_load_explicit(&life->epoch, memory_order_acquire);
    return __builtin_expect(epoch == 0, 0) ? attach() : epoch;
}

static bool is_open(uint32_t epoch)
{
    return __builtin_expect(epoch != 0 && epoch != EPOCH_DISABLED, 1);
}

static bool has_open_trace(void)
{
    return is_open(atomic_load_explicit(&life->epoch, memory_order_acquire));
}

/* A forked child that hits no leaf leaves no trace, but the tool must know that it may be there. */
static void count_fork(void)
{
    if (has_open_trace())
        atomic_fetch_add_explicit(&segment.header->forks, 1, memory_order_relaxed);
}

bool preload_is_own_trace(void)
{
    return segment.header && !kernel_is_forbidden &&
           (int32_t)KERNEL_CALL0(SYS_getpid) == segment.header->pid;
}

void preload_note_executing(bool by_child)
{
    if (segment.header && (by_child || !preload_is_own_trace()))
        atomic_fetch_add_explicit(&segment.header->forks, 1, memory_order_relaxed);
}

/* The program may forbid system calls by an instruction of its own, which nobody sees: after that
 * the first hits of this thread have what they need. */
STARTUP_ONLY
static void prepare_main(void)
{
    uint32_t epoch = atomic_load_explicit(&life->epoch, memory_order_acquire);
    if (is_open(epoch))
        thread_self(&segment, epoch);
}

extern int __register_atfork(void (*)(void), void (*)(void), void (*)(void), void *)
    __attribute__((weak));

/* Runs when the library is loaded, before every other constructor (-z initfirst), when all is
 * relocated; but if another library claims the same, after those that ours needs itself. glibc
 * gives to constructors what main gets. */
STARTUP_ONLY
__attribute__((constructor)) static void at_start(int argc, char **argv, char **envp)
{
    (void)argc;
    if (!linkmap_is_of_glibc())
        return; /* it was to be left out of the environment: nothing is known of such a program */
    arguments = argv;
    title = argv[0];
    variables = envp;
    if (getauxval(AT_SECURE))
        atomic_store_explicit(&has_started, 1, memory_order_release);
    /* Where the dynamic linker itself was executed, to run the program, it has no place of its own
     * (ld.so(8); the kernel's create_elf_tables). */
    if (getauxval(AT_BASE))
        modules_expect_executable();
    current_epoch();
    arguments = NULL;
    if (__register_atfork) /* pthread_atfork(3), by the name that glibc exports */
        __register_atfork(count_fork, NULL, NULL, NULL);
    library = linkmap_of((uint64_t)at_start)->l_name;
    interposer = linkmap_interposer() ? linkmap_interposer()->l_name : NULL;
    hook_resolve_all();
    entry_start(directory);
    hook_mind_entries();
    preload_note_entries();
    prepare_main();
}

/* A process that exits normally comes here. What was not to be seen is said in the trace. */
__attribute__((destructor)) static void at_end(void)
{
    entry_look_again();
}

void preload_note_entries(void)
{
    if (has_open_trace())
        copy_left(segment.header);
}

#define PREPARED_RECORDS 65536

/* By itself: other restrictions, which are frequent, need no room for vectors on the stack. */
__attribute__((noinline)) static void record_modules(void)
{
    struct vectors_area area;
    for (const struct link_map *map = linkmap_first(); map; map = map->l_next)
        modules_find(&segment, (uint64_t)map->l_ld, &area);
}

void preload_restrict(bool forbids, uint64_t sp)
{
    uint32_t epoch = current_epoch();
    if (!forbids)
        return;
    if (is_open(epoch)) {
        struct thread *thread = thread_self(&segment, epoch);
        is_preparing = true;
        segment_reserve(&segment, PREPARED_RECORDS);
        record_modules();
        if (thread)
            thread_prepare(thread, &segment, sp);
        is_preparing = false;
    }
    if (clock_kind == TRACE_CLOCK_MONOTONIC) /* by a system call */
        preload_stop_clock();
    atomic_store_explicit(&kernel_is_forbidden, 1, memory_order_relaxed);
}

void preload_name_thread(uint64_t pointer, const char *name)
{
    uint32_t epoch = atomic_load_explicit(&life->epoch, memory_order_acquire);
    if (is_open(epoch))
        thread_note_name(&segment, epoch, pointer, name);
}

void preload_stop_clock(void)
{
    if (is_open(current_epoch()) && clock_kind != TRACE_CLOCK_NONE)
        atomic_store_explicit(&segment.header->clock_stopped, 1, memory_order_relaxed);
    clock_stop();
}

void preload_limit(uint64_t address_space)
{
    static _Atomic uint32_t is_busy;
    if (!is_open(current_epoch()))
        return;
    if (atomic_exchange_explicit(&is_busy, 1, memory_order_acquire))
        return; /* another thread does the same */
    segment_limit(&segment, address_space);
    pool_limit(address_space);
    atomic_store_explicit(&is_busy, 0, memory_order_release);
}

const char *preload_directory(void)
{
    return directory;
}

const char *preload_library(void)
{
    return library;
}

const char *preload_interposer(void)
{
    return interposer;
}

_Atomic uint64_t *preload_note_untraced(const char *path, size_t length, uint32_t reason)
{
    return segment.header ? untraced_count(&segment, path, length, reason) : NULL;
}

bool preload_is_current(uint32_t epoch)
{
    return atomic_load_explicit(&life->epoch, memory_order_relaxed) == epoch;
}

/* The LEAF_NAME record of the leaf, made at its first hit; threads that race make equal ones. */
static trace_index leaf_name(struct hook_record *record, const char *name, uint32_t epoch)
{
    uint64_t known = atomic_load_explicit(&record->trace_leaf, memory_order_relaxed);
    if (__builtin_expect(known >> 32 == epoch, 1))
        return (trace_index)known;
    struct trace_string text = segment_text(&segment, name, text_length(name));
    trace_index index = text.first ? segment_claim(&segment, 1) : 0;
    if (index == 0)
        return 0;
    segment_record(&segment, index)->leaf_name.name = text;
    segment_publish(segment_record(&segment, index), TRACE_LEAF_NAME);
    atomic_store_explicit(&record->trace_leaf, (uint64_t)epoch << 32 | index, memory_order_relaxed);
    return index;
}

static struct unwind_state caller_of(const struct hook_call *call)
{
    return (struct unwind_state){call->return_address, (uint64_t)call->stack, call->caller_fp, 0};
}

/* Finds the hit's node in a stack of the thread. */
static trace_index find_node(
    struct hook_call *call, const char *name, struct stack *stack, struct stack_bounds *bounds)
{
    const struct unwind_state from = caller_of(call);
    trace_index leaf = leaf_name(call->record, name, call->epoch);
    uint32_t nodes = stack->tree.count;
    trace_index index = leaf ? stack_hit(stack, &from, call->saved, leaf) : 0;
    if (__builtin_expect(stack->tree.count != nodes, 0))
        refresh_title();
    if (index)
        *bounds = stack->bounds;
    return index;
}

static void lose(struct hook_call *call, enum trace_loss kind)
{
    if (hook_lose(call))
        segment_lose(&segment, kind);
}

/* Why a hit is in no tree for which there was no room. */
static enum trace_loss reason(void)
{
    if (kernel_is_forbidden)
        return TRACE_LOSS_FORBIDDEN;
    return segment_is_full(&segment) ? TRACE_LOSS_FULL : TRACE_LOSS_MEMORY;
}

struct stack_bounds preload_hit(struct hook_call *call, const char *name)
{
    struct stack_bounds bounds = {0, 0};
    uint32_t epoch = current_epoch();
    if (!is_open(epoch)) {
        if (epoch == EPOCH_DISABLED && segment.header)
            lose(call, TRACE_LOSS_DETACHED);
        return bounds;
    }
    struct thread *thread = thread_self(&segment, epoch);
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
    if (__builtin_expect(thread_has_stack(thread, level, &segment), 1))
        index = find_node(call, name, level->stack, &bounds);
    thread_end(level, call);
    if (index)
        call->node = &segment_record(&segment, index)->node;
    else
        lose(call, reason());
    if (__builtin_expect(index && calls_limit, 0))
        calls_hit(&thread->calls, &segment, thread->stack_end, index, call);
    return bounds;
}

struct stack_bounds preload_find_bounds(struct hook_call *call)
{
    struct stack_bounds bounds = {0, 0};
    uint32_t epoch = current_epoch();
    struct thread *thread = is_open(epoch) ? thread_self(&segment, epoch) : NULL;
    struct thread_level *level = thread ? thread_begin(thread, call) : NULL;
    if (level == NULL)
        return bounds;
    const struct unwind_state from = caller_of(call);
    if (thread_has_stack(thread, level, &segment))
        bounds = stack_find_bounds(level->stack, &from, call->saved);
    thread_end(level, call);
    return bounds;
}

/* The thread that the call was made in, if its trace file is still the same. */
static struct thread *thread_of(const struct hook_call *call)
{
    return preload_is_current(call->epoch) ? thread_self(&segment, call->epoch) : NULL;
}

bool preload_has_room(const struct hook_call *call, uint64_t base, uint64_t size)
{
    uint32_t epoch = current_epoch();
    struct thread *thread = base && is_open(epoch) ? thread_self(&segment, epoch) : NULL;
    return thread && thread_has_room(thread, base, (uint64_t)call, size);
}

void preload_note_untimed(const struct hook_call *call)
{
    uint64_t known = atomic_load_explicit(&call->record->trace_leaf, memory_order_relaxed);
    if (call->node == NULL || known >> 32 != call->epoch)
        return;
    struct trace_leaf_name *leaf = &segment_record(&segment, (trace_index)known)->leaf_name;
    atomic_fetch_add_explicit(&leaf->untimed, 1, memory_order_relaxed);
}

void preload_begin_call(struct hook_call *call, bool is_jump)
{
    uint32_t epoch = current_epoch();
    struct thread *thread = is_open(epoch) ? thread_self(&segment, epoch) : NULL;
    if (thread == NULL)
        return;
    call->epoch = epoch;
    if (!is_jump)
        calls_begin(&thread->calls, &segment, thread->record, thread->stack_end, call);
    else if (!calls_are_within(&thread->calls, &segment, thread->stack_end, call))
        atomic_fetch_add_explicit(&segment.header->unseen_calls, 1, memory_order_relaxed);
}

void preload_end_call(struct hook_call *call, uint64_t ticks)
{
    struct thread *thread = thread_of(call);
    if (thread)
        calls_end(&thread->calls, &segment, thread->stack_end, call, ticks);
}

static trace_index index_of(const struct trace_node *node)
{
    return (
        trace_index)((const union trace_record *)node - (const union trace_record *)segment.header);
}

void preload_time(const struct hook_call *call, uint64_t ticks)
{
    struct thread *thread = thread_of(call);
    if (thread)
        calls_time(&thread->calls, &segment, index_of(call->node), ticks);
}

/* The record for what others than the node's thread count, made when there is the first: 0 if there
 * is no room. Of threads that race for it one wins. */
static trace_index find_elsewhere(struct trace_node *node)
{
    trace_index index = atomic_load_explicit(&node->elsewhere, memory_order_acquire);
    if (index)
        return index;
    trace_index fresh = segment_claim(&segment, 1);
    if (fresh == 0)
        return 0;
    segment_record(&segment, fresh)->elsewhere.node = index_of(node);
    segment_publish(segment_record(&segment, fresh), TRACE_LEFT_ELSEWHERE);
    bool is_first = atomic_compare_exchange_strong_explicit(
        &node->elsewhere, &index, fresh, memory_order_acq_rel, memory_order_acquire);
    return is_first ? fresh : index;
}

static void raise_to(_Atomic uint64_t *longest, uint64_t ticks)
{
    uint64_t former = atomic_load_explicit(longest, memory_order_relaxed);
    while (ticks > former && !atomic_compare_exchange_weak_explicit(longest, &former, ticks,
                                 memory_order_relaxed, memory_order_relaxed))
        continue;
}

void preload_leave_elsewhere(struct trace_node *node, uint64_t ticks)
{
    trace_index index = find_elsewhere(node);
    if (index == 0) { /* the node's own thread, which counts without a lock, may undo it */
        atomic_fetch_add_explicit(&node->returns, 1, memory_order_relaxed);
        atomic_fetch_add_explicit(&node->ticks, ticks, memory_order_relaxed);
        return;
    }
    struct trace_elsewhere *record = &segment_record(&segment, index)->elsewhere;
    atomic_fetch_add_explicit(&record->ticks, ticks, memory_order_relaxed);
    raise_to(&record->longest, ticks);
    atomic_fetch_add_explicit(&record->returns, 1, memory_order_relaxed);
}
