/*
 * lock_state.c - which calls of a lock have to wait, and which ones let others go.
 *
 * The words of glibc's locks, which are a part of its interface to compiled programs as far as
 * static initializers and inlined code know them; all others are as they are since glibc 2.25, and
 * the tool hooks nothing here for older ones. Sources: sysdeps/nptl/bits/struct_mutex.h,
 * struct_rwlock.h, and the comments of nptl/pthread_mutex_lock.c, pthread_rwlock_common.c,
 * pthread_once.c.
 */
#include "object/lock_state.h"

#include <linux/futex.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/syscall.h>

#include "base/kernel.h"
#include "base/forbidden.h"

typedef _Atomic uint32_t lock_word;

/* pthread_mutex_t. `lock` is 0 if it is free. Of a robust mutex or one with priority inheritance
 * it has the owner's id in MUTEX_OWNER; of one with priority protection it has the ceiling above
 * MUTEX_PROTECTED. */
struct mutex {
    lock_word lock, count, owner, users, kind;
};

#define MUTEX_OWNER     0x3fffffffu /* FUTEX_TID_MASK */
#define MUTEX_WAITERS   0x80000000u /* FUTEX_WAITERS */
#define MUTEX_CONTENDED 2u          /* of all others */
#define MUTEX_PROTECTED 0x7ffffu

/* Of `kind`. */
#define MUTEX_TYPE     3u
#define MUTEX_ROBUST   16u
#define MUTEX_INHERITS 32u
#define MUTEX_PROTECTS 64u
enum { MUTEX_NORMAL, MUTEX_RECURSIVE, MUTEX_CHECKED, MUTEX_ADAPTIVE };

/* pthread_rwlock_t. `readers` has their number above the bits. */
struct rwlock {
    lock_word readers, writers, phase_futex, writers_futex, padding[2], writer, shared;
    uint64_t more[2];
    lock_word preference;
};

#define RWLOCK_WRITE_PHASE     1u
#define RWLOCK_WRITE_LOCKED    2u /* a writer has it, or waits until the readers are gone */
#define RWLOCK_READERS_WAIT    4u
#define RWLOCK_FUTEX_USED      2u /* of the words at which threads wait */
#define RWLOCK_READER_SHIFT    3
#define RWLOCK_PREFERS_WRITERS 2u /* PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP */

/* pthread_once_t. Above the bits is how often the process had been forked. */
#define ONCE_STATE       3u
#define ONCE_IN_PROGRESS 1u

#define FUTEX_LOCK_PI_2 13 /* Linux 5.14 */

/* At ARCH_THREAD_ID of the thread pointer. The trampoline reads it, too. */
int lock_state_has_thread_id __attribute__((visibility("hidden")));

static uint32_t word_of(const lock_word *word)
{
    return atomic_load_explicit(word, memory_order_relaxed);
}

/* The id that the functions of libc find for this thread: a child of vfork has its parent's. */
static uint32_t own_id(void)
{
    const char *thread = __builtin_thread_pointer();
    if (lock_state_has_thread_id)
        return word_of((const lock_word *)(thread + ARCH_THREAD_ID));
    return kernel_is_forbidden ? 0 : (uint32_t)KERNEL_CALL0(SYS_gettid);
}

void lock_state_begin(void)
{
    const char *thread = __builtin_thread_pointer();
    uint32_t id = (uint32_t)KERNEL_CALL0(SYS_gettid);
    lock_state_has_thread_id = word_of((const lock_word *)(thread + ARCH_THREAD_ID)) == id;
}

/* A recursive mutex counts a call of its owner, and a checked one refuses it. */
static bool is_let_in(uint32_t kind, uint32_t owner)
{
    uint32_t type = kind & MUTEX_TYPE;
    return (type == MUTEX_RECURSIVE || type == MUTEX_CHECKED) && owner == own_id();
}

static bool mutex_must_wait(const struct mutex *mutex)
{
    uint32_t kind = word_of(&mutex->kind), lock = word_of(&mutex->lock);
    if (kind & (MUTEX_ROBUST | MUTEX_INHERITS)) {
        lock &= MUTEX_OWNER;
        return lock != 0 && !is_let_in(kind, lock);
    }
    if (kind & MUTEX_PROTECTS)
        lock &= MUTEX_PROTECTED;
    return lock != 0 && !is_let_in(kind, word_of(&mutex->owner));
}

/* A reader need not wait for a writer that waits itself, unless such ones are preferred. */
static bool read_lock_must_wait(const struct rwlock *lock)
{
    uint32_t readers = word_of(&lock->readers);
    if (!(readers & RWLOCK_WRITE_LOCKED) || word_of(&lock->writer) == own_id())
        return false;
    return readers & RWLOCK_WRITE_PHASE || (word_of(&lock->preference) == RWLOCK_PREFERS_WRITERS &&
                                               readers >> RWLOCK_READER_SHIFT != 0);
}

static bool write_lock_must_wait(const struct rwlock *lock)
{
    uint32_t readers = word_of(&lock->readers);
    bool is_taken = readers & RWLOCK_WRITE_LOCKED || readers >> RWLOCK_READER_SHIFT != 0;
    return is_taken && word_of(&lock->writer) != own_id();
}

bool lock_state_futex_waits(uint64_t operation)
{
    switch (operation & FUTEX_CMD_MASK) {
    case FUTEX_WAIT:
    case FUTEX_WAIT_BITSET:
    case FUTEX_WAIT_REQUEUE_PI:
    case FUTEX_LOCK_PI:
    case FUTEX_LOCK_PI_2: return true;
    default: return false;
    }
}

bool lock_state_must_wait(const struct call_frame *call)
{
    const uint64_t *arguments = call_arguments(call);
    uint64_t lock = arguments[0];
    if (HOOK_OBJECT(call->record->flags) == HOOK_OBJECT_FUTEX)
        return lock_state_futex_waits(arguments[1]);
    if (lock < KERNEL_PAGE)
        return false; /* the function will fault, or refuse it */
    switch (HOOK_OBJECT(call->record->flags)) {
    case HOOK_OBJECT_MUTEX: return mutex_must_wait((const struct mutex *)lock);
    case HOOK_OBJECT_READ_LOCK: return read_lock_must_wait((const struct rwlock *)lock);
    case HOOK_OBJECT_WRITE_LOCK: return write_lock_must_wait((const struct rwlock *)lock);
    case HOOK_OBJECT_SPIN_LOCK: return word_of((const lock_word *)lock) != ARCH_SPIN_FREE;
    case HOOK_OBJECT_ONCE:
        return (word_of((const lock_word *)lock) & ONCE_STATE) == ONCE_IN_PROGRESS;
    default: return true;
    }
}

static bool mutex_has_waiters(const struct mutex *mutex)
{
    uint32_t kind = word_of(&mutex->kind), lock = word_of(&mutex->lock);
    if (kind & (MUTEX_ROBUST | MUTEX_INHERITS))
        return lock & MUTEX_WAITERS;
    if (kind & MUTEX_PROTECTS)
        lock &= MUTEX_PROTECTED;
    return lock == MUTEX_CONTENDED;
}

static bool rwlock_has_waiters(const struct rwlock *lock)
{
    uint32_t futexes = word_of(&lock->phase_futex) | word_of(&lock->writers_futex);
    return futexes & RWLOCK_FUTEX_USED || word_of(&lock->readers) & RWLOCK_READERS_WAIT;
}

/* sem_t: the number of threads that wait is in the upper half of the first 8 bytes (new_sem of
 * internaltypes.h, since glibc 2.21). */
static bool semaphore_has_waiters(const lock_word *semaphore)
{
    return word_of(semaphore + 1) != 0;
}

bool lock_state_has_waiters(const struct call_frame *call)
{
    uint64_t lock = call_arguments(call)[0];
    if (lock < KERNEL_PAGE)
        return false;
    switch (HOOK_OBJECT(call->record->flags)) {
    case HOOK_OBJECT_MUTEX: return mutex_has_waiters((const struct mutex *)lock);
    case HOOK_OBJECT_READ_LOCK: return rwlock_has_waiters((const struct rwlock *)lock);
    case HOOK_OBJECT_SEMAPHORE: return semaphore_has_waiters((const lock_word *)lock);
    case HOOK_OBJECT_FUTEX: return !lock_state_futex_waits(call_arguments(call)[1]);
    default: return true;
    }
}

int32_t lock_state_holder(uint32_t object, uint64_t address)
{
    switch (object) {
    case HOOK_OBJECT_MUTEX: return (int32_t)word_of(&((const struct mutex *)address)->owner);
    case HOOK_OBJECT_READ_LOCK:
    case HOOK_OBJECT_WRITE_LOCK: return (int32_t)word_of(&((const struct rwlock *)address)->writer);
    default: return 0;
    }
}
