/*
 * thread.c - the library's data for each thread, and which hit may use it when.
 */
#include "record/thread.h"

#include <asm/errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "base/clock.h"
#include "base/kernel.h"
#include "base/linkmap.h"
#include "base/pool.h"
#include "trace/segment.h"
#include "base/forbidden.h"

/* How many other threads a new one checks to find one that has ended. The limit keeps it cheap to
 * make threads if there are thousands. */
#define TAKE_OVER_TRIES 8

/* How many threads of a process have a tree each. A later thread that takes over the memory of an
 * ended one continues its tree. So the size of the trace depends on how many threads run at once.
 */
#ifndef THREAD_TREES
#define THREAD_TREES 1000
#endif

/* What a thread's first hit takes from the pool: tables, and a walk or two. It is not prepared for
 * the main thread: that is made ready at the start, and most programs have no other. */
#define FIRST_HIT (UINT32_C(112) << 10)

#define TID_NONE      0
#define TID_PREPARING (-1)

/* initial-exec: the general model may call malloc at the first use (glibc). */
static __thread struct thread *self __attribute__((tls_model("initial-exec")));

static struct thread *_Atomic threads;
static struct thread *_Atomic cursor;
static _Atomic int is_sharing;

static bool has_ended(int32_t tid)
{
    return tid == TID_NONE || (tid > 0 && KERNEL_CALL2(SYS_tkill, tid, 0) == -ESRCH);
}

/* Claims the memory of a thread that has ended. */
static struct thread *take_over(void)
{
    struct thread *candidate = atomic_load_explicit(&cursor, memory_order_acquire);
    for (unsigned tries = 0; tries < TAKE_OVER_TRIES; tries++) {
        if (candidate == NULL)
            candidate = atomic_load_explicit(&threads, memory_order_acquire);
        if (candidate == NULL)
            return NULL;
        int32_t owner = atomic_load_explicit(&candidate->tid, memory_order_relaxed);
        atomic_store_explicit(&cursor, candidate->next, memory_order_release);
        if (has_ended(owner) && atomic_compare_exchange_strong_explicit(&candidate->tid, &owner,
                                    TID_PREPARING, memory_order_acq_rel, memory_order_relaxed))
            return candidate;
        candidate = candidate->next;
    }
    return NULL;
}

static struct thread *create(void)
{
    struct thread *thread = pool_take(sizeof *thread);
    if (thread == NULL)
        return NULL;
    atomic_store_explicit(&thread->tid, TID_PREPARING, memory_order_relaxed);
    struct thread *head = atomic_load_explicit(&threads, memory_order_relaxed);
    do
        thread->next = head;
    while (!atomic_compare_exchange_weak_explicit(
        &threads, &head, thread, memory_order_release, memory_order_relaxed));
    return thread;
}

static struct trace_thread *record_of(const struct thread *thread, struct segment *segment)
{
    return &segment_record(segment, thread->record)->thread;
}

/* Sets the name; for a record of several threads only if all have the same, else the name is empty.
 */
static void set_name(const struct thread *thread, struct segment *segment, const char *name)
{
    struct trace_thread *record = record_of(thread, segment);
    if (atomic_load_explicit(&record->successors, memory_order_relaxed) == 0)
        memory_copy(record->name, name, sizeof record->name);
    else if (!text_equal(record->name, name))
        record->name[0] = '\0';
}

static void thread_read_name(const struct thread *thread, struct segment *segment)
{
    char name[THREAD_NAME_SIZE] = "";
    if (!kernel_is_forbidden && KERNEL_CALL2(SYS_prctl, PR_GET_NAME, name) == 0)
        set_name(thread, segment, name);
}

/* Skips threads that have ended: a new thread can have the same thread pointer. */
struct thread *thread_find(uint64_t pointer)
{
    if (pointer == (uint64_t)__builtin_thread_pointer())
        return self;
    if (kernel_is_forbidden)
        return NULL;
    struct thread *thread = atomic_load_explicit(&threads, memory_order_acquire);
    while (thread && (thread->pointer != pointer ||
                         has_ended(atomic_load_explicit(&thread->tid, memory_order_acquire))))
        thread = thread->next;
    return thread;
}

void thread_note_name(struct segment *segment, uint32_t epoch, uint64_t pointer, const char *name)
{
    const struct thread *thread = thread_find(pointer);
    if (thread && thread->epoch == epoch)
        set_name(thread, segment, name);
}

/* The end of the thread's own stack, which stays mapped as long as the thread runs. The first
 * thread's stack begins where the kernel has put the program's arguments. */
static uint64_t own_stack_end(const struct segment *segment)
{
    void *pointer = __builtin_thread_pointer();
    return pointer == segment->main_thread ? (uint64_t)__libc_stack_end : arch_stack_end(pointer);
}

/* The first frame of the first thread is right at the beginning of its stack. In other threads the
 * thread's variables lie between the first frame and the thread's descriptor. */
#define FIRST_THREAD_GAP  256
#define OTHER_THREADS_GAP (UINT64_C(32) << 10)

static uint64_t first_base(const struct thread *thread)
{
    bool is_first = thread->stack_end == (uint64_t)__libc_stack_end;
    return thread->stack_end - (is_first ? FIRST_THREAD_GAP : OTHER_THREADS_GAP);
}

bool thread_begins_at(const struct thread *thread, uint64_t base)
{
    return base >= first_base(thread) && base <= thread->stack_end;
}

/* A jump to another stack, as some coroutines make it, ends nothing here. */
void thread_leave_calls(struct thread *thread, struct segment *segment, uint64_t sp, uint64_t now)
{
    const struct open_calls_left left = {first_base(thread), thread->stack_end, sp};
    if (thread->stack_end - sp > CLAIM_OWN_STACK_MAX)
        return;
    for (unsigned i = 0; i < THREAD_LEVELS; i++)
        open_calls_leave(&thread->levels[i].open_calls, segment, &left, now);
}

/* Many bytes are copied only in the first part of a stack, which has ROOMY_PART bytes, and only if
 * ROOMY_LEFT bytes are left below it. All copies that exist at a time are in the first part, so
 * they take no more than that from the program, however deep it recurses. */
#define ROOMY_PART (UINT64_C(64) << 10)
#define ROOMY_LEFT (UINT64_C(256) << 10)

/* The kernel's access to the page makes a stack grow that can grow, such as the first thread's. */
static enum thread_room look_for_room(const struct thread *thread, uint64_t sp)
{
    uint64_t low = thread->stack_end - ROOMY_PART - ROOMY_LEFT;
    for (uint64_t page = kernel_page_down(sp); page >= low; page -= KERNEL_PAGE)
        if (!kernel_is_readable(page))
            return ROOM_MISSING;
    return ROOM_THERE;
}

bool thread_has_room(struct thread *thread, uint64_t base, uint64_t sp, uint64_t size)
{
    if (base == 0 || size > CALL_COPIED_MAX || thread->stack_end - sp > ROOMY_PART ||
        !thread_begins_at(thread, base))
        return false;
    if (thread->room == ROOM_UNKNOWN)
        thread->room = look_for_room(thread, sp);
    return thread->room == ROOM_THERE;
}

static bool is_main(const struct thread *thread, const struct segment *segment)
{
    return thread->pointer == (uint64_t)segment->main_thread;
}

/* Prepares everything for the new owner. The former owner's walks are not valid for it; the rules
 * are, within one trace file: see modules_generation. So is the tree if the new owner `continues`
 * it. */
static void thread_hand_over(
    struct thread *thread, struct segment *segment, uint32_t epoch, bool continues)
{
    if (thread->epoch == epoch) /* when the former owner ended is not known */
        thread_leave_calls(thread, segment, thread->stack_end, 0);
    thread->pointer = (uint64_t)__builtin_thread_pointer();
    thread->stack_end = own_stack_end(segment);
    thread->room = ROOM_UNKNOWN;
    thread->turns.depth = 0;
    if (continues)
        calls_continue(&thread->calls);
    else
        calls_reset(&thread->calls);
    for (unsigned i = 0; i < THREAD_LEVELS; i++) {
        struct stack *stack = thread->levels[i].stack;
        thread->levels[i].claim.owner = NULL;
        if (thread->epoch == epoch)
            thread->levels[i].open_calls.latest = 0;
        else
            thread->levels[i].open_calls = (struct open_calls){0};
        if (thread->levels[i].objects && !continues)
            memory_forget(thread->levels[i].objects);
        if (stack == NULL)
            continue;
        if (continues) {
            stack_continue(stack, thread->stack_end);
        } else {
            tree_finish(&stack->tree);
            stack_init(stack, segment, thread->record, thread->stack_end);
        }
        stack_trust(stack, is_main(thread, segment));
    }
    thread->epoch = epoch;
}

/* The id of the thread to which this thread pointer belongs, or 0 if that is not known. A vfork
 * child shares its parent's memory and thread pointer, so its hits are its parent's, but the kernel
 * returns the child's own id. */
static int32_t own_tid(const struct segment *segment)
{
    if (kernel_is_forbidden)
        return 0;
    if ((int32_t)KERNEL_CALL0(SYS_getpid) == segment->header->pid)
        return (int32_t)KERNEL_CALL0(SYS_gettid);
    return __builtin_thread_pointer() == segment->main_thread ? segment->header->pid : 0;
}

/* Makes a new THREAD record. Returns false if there is no room. */
static bool make_record(struct thread *thread, struct segment *segment, int32_t tid)
{
    trace_index index = segment_claim(segment, 1);
    if (index == 0)
        return false;
    union trace_record *record = segment_record(segment, index);
    record->thread.tid = tid;
    record->thread.first_ticks = clock_ticks();
    thread->record = index;
    thread_read_name(thread, segment);
    atomic_fetch_add_explicit(&segment->threads, 1, memory_order_relaxed);
    return true;
}

/* Threads that share a thread pointer share what was noted there. The main thread of a forked child
 * is the thread that has forked. */
static bool has_own_begin(const struct segment *segment, int32_t tid)
{
    return tid != segment->header->pid && !atomic_load_explicit(&is_sharing, memory_order_relaxed);
}

/* The thread continues the tree of the one whose memory it has taken over. */
static void share_record(const struct thread *thread, struct segment *segment)
{
    struct trace_thread *record = record_of(thread, segment);
    atomic_fetch_add_explicit(&record->successors, 1, memory_order_relaxed);
    thread_read_name(thread, segment);
}

/* Takes over or makes the struct of the thread with the id `tid`, and its record in the trace. */
static struct thread *thread_make(struct segment *segment, uint32_t epoch, int32_t tid)
{
    struct thread *thread = take_over();
    bool is_former = thread && thread->epoch == epoch;
    bool continues = is_former &&
                     atomic_load_explicit(&segment->threads, memory_order_relaxed) >= THREAD_TREES;
    if (thread == NULL)
        thread = create();
    if (thread == NULL)
        return NULL;
    if (!continues && !make_record(thread, segment, tid)) {
        if (!is_former) {
            atomic_store_explicit(&thread->tid, TID_NONE, memory_order_release);
            return NULL;
        }
        continues = true;
    }
    if (tid != segment->header->pid)
        pool_prepare(FIRST_HIT);
    thread_hand_over(thread, segment, epoch, continues);
    thread_time_start(&thread->time, record_of(thread, segment), has_own_begin(segment, tid));
    if (continues)
        share_record(thread, segment);
    else
        segment_publish(segment_record(segment, thread->record), TRACE_THREAD);
    atomic_store_explicit(&thread->tid, tid, memory_order_release);
    return thread;
}

/* A thread may have the pointer `self` from another one: then the start was not its own either. */
void thread_note_end(struct segment *segment, uint32_t epoch)
{
    struct thread *thread = self;
    if (thread == NULL || thread->epoch != epoch || kernel_is_forbidden ||
        atomic_load_explicit(&is_sharing, memory_order_relaxed))
        return;
    thread_time_note(&thread->time, record_of(thread, segment), thread_tid(thread));
    thread_leave_calls(thread, segment, (uint64_t)__builtin_frame_address(0), clock_ticks());
}

/* A program with one thread makes no system call here: see lifetime_may_ask. A child that shares
 * the memory, as after vfork(2), does not end its parent's threads. */
void thread_note_all_ends(struct segment *segment, uint32_t epoch)
{
    bool is_own = false;
    struct thread *thread = atomic_load_explicit(&threads, memory_order_acquire);
    for (; thread && !kernel_is_forbidden; thread = thread->next) {
        int32_t tid = atomic_load_explicit(&thread->tid, memory_order_acquire);
        if (tid <= 0 || thread->epoch != epoch || !thread_time_is_open(&thread->time))
            continue;
        is_own = is_own || (int32_t)KERNEL_CALL0(SYS_getpid) == segment->header->pid;
        if (!is_own)
            return;
        thread_time_note(&thread->time, record_of(thread, segment), tid);
    }
}

static bool thread_is_at_work(const struct thread *thread)
{
    for (unsigned i = 0; i < THREAD_LEVELS; i++)
        if (claim_is_held(&thread->levels[i].claim))
            return true;
    return claim_is_held(&thread->calls.claim);
}

bool thread_forget_all(void)
{
    if (self && thread_is_at_work(self))
        return false;
    atomic_store_explicit(&threads, NULL, memory_order_relaxed);
    atomic_store_explicit(&cursor, NULL, memory_order_relaxed);
    self = NULL;
    return true;
}

void thread_expect_sharing(void)
{
    atomic_store_explicit(&is_sharing, 1, memory_order_relaxed);
}

static bool is_own(const struct thread *thread, uint32_t epoch, int32_t tid)
{
    return thread->epoch == epoch &&
           atomic_load_explicit(&thread->tid, memory_order_acquire) == tid;
}

/* Finds the thread by its id, because `self` may belong to another one. */
static struct thread *find_by_id(struct segment *segment, uint32_t epoch)
{
    if (kernel_is_forbidden)
        return NULL;
    int32_t tid = (int32_t)KERNEL_CALL0(SYS_gettid);
    struct thread *former = self;
    if (former && is_own(former, epoch, tid))
        return former;
    struct thread *thread = atomic_load_explicit(&threads, memory_order_acquire);
    while (thread && !is_own(thread, epoch, tid))
        thread = thread->next;
    if (thread)
        return thread;
    thread = thread_make(segment, epoch, tid);
    /* A thread of this process has its thread pointer alone, or is the one from which the others
     * have it. */
    if (thread && (int32_t)KERNEL_CALL0(SYS_getpid) == segment->header->pid)
        arch_swap(&self, former, thread);
    return thread;
}

/* A signal handler can run at any moment, make the thread's memory itself, and even jump away. So
 * the memory is complete before one instruction stores it in `self`, unless a handler was faster.
 * `former` is the unusable value that `self` had before: NULL or, after a fork, the parent's. */
static struct thread *make_self(struct segment *segment, uint32_t epoch, struct thread *former)
{
    int32_t tid = own_tid(segment);
    if (tid == 0)
        return find_by_id(segment, epoch);
    struct thread *thread = thread_make(segment, epoch, tid);
    if (thread == NULL || arch_swap(&self, former, thread))
        return thread;
    atomic_store_explicit(&thread->tid, TID_NONE, memory_order_release);
    return self;
}

struct thread *thread_self(struct segment *segment, uint32_t epoch)
{
    struct thread *thread = self;
    if (__builtin_expect(atomic_load_explicit(&is_sharing, memory_order_relaxed), 0))
        return find_by_id(segment, epoch);
    if (__builtin_expect(thread && thread->epoch == epoch, 1))
        return thread;
    return make_self(segment, epoch, thread);
}

/* Forgets the walks, because the former owner may have left them half-written. */
static struct thread_level *thread_inherit(struct thread_level *level)
{
    if (level->stack)
        stack_forget(level->stack);
    return level;
}

/* If handlers jump out of hits at many depths, all levels can be owned by marks in parts of the
 * stack that have been left and are no longer written. */
static struct thread_level *take_left_level(struct thread *thread, struct call_frame *call)
{
    for (unsigned i = 0; i < THREAD_LEVELS; i++) {
        struct thread_level *level = &thread->levels[i];
        if (claim_inherit_left(&level->claim, call, thread->stack_end) == CLAIM_INHERITED)
            return thread_inherit(level);
    }
    return NULL;
}

static struct thread_level *take_level(struct thread *thread, struct call_frame *call)
{
    for (unsigned i = 0; i < THREAD_LEVELS; i++) {
        struct thread_level *level = &thread->levels[i];
        enum claim_result result = claim_take(&level->claim, call);
        if (__builtin_expect(result == CLAIM_GIVEN, 1))
            return level;
        if (result == CLAIM_INHERITED)
            return thread_inherit(level);
    }
    return take_left_level(thread, call);
}

struct thread_level *thread_begin(struct thread *thread, struct call_frame *call)
{
    return take_level(thread, call);
}

bool thread_make_stack(struct thread *thread, struct thread_level *level, struct segment *segment)
{
    struct stack *stack = pool_take(sizeof *stack);
    if (stack == NULL)
        return false;
    stack_init(stack, segment, thread->record, thread->stack_end);
    stack_trust(stack, is_main(thread, segment));
    level->stack = stack;
    return true;
}

void thread_prepare(struct thread *thread, struct segment *segment, uint64_t sp)
{
    struct call_frame call = {0};
    struct thread_level *level = thread_begin(thread, &call);
    if (level == NULL)
        return;
    if (thread_has_stack(thread, level, segment))
        stack_prepare(level->stack, sp);
    thread_end(level, &call);
}
