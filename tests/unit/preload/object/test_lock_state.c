/*
 * test_lock_state.c - which calls of a lock have to wait, compared with what the functions of libc
 * do with a time limit that is over; and which ones let others go.
 */
// needs: preload/object/lock_state.c preload/base/kernel.c
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "object/lock_state.h"
#include "suite.h"

static const struct timespec over = {1, 0}; /* of CLOCK_REALTIME */

static bool must_wait(enum hook_object object, const void *lock)
{
    struct hook_record record = {.flags = HOOK_ONLY_WAITS | HOOK_OBJECT_OF(object)};
    struct call_frame *call = calloc(1, sizeof *call);
    call->record = &record;
    call->registers.arguments[0] = (uint64_t)lock;
    bool result = lock_state_must_wait(call);
    free(call);
    return result;
}

static bool has_waiters(enum hook_object object, const void *lock)
{
    struct hook_record record = {.flags = HOOK_WAKES | HOOK_OBJECT_OF(object)};
    struct call_frame *call = calloc(1, sizeof *call);
    call->record = &record;
    call->registers.arguments[0] = (uint64_t)lock;
    bool result = lock_state_has_waiters(call);
    free(call);
    return result;
}

/* A thread that does something with a lock and stays until it is told to end. */
struct holder {
    void (*take)(void *), (*give)(void *);
    void *lock;
    pthread_barrier_t taken, end;
    pthread_t thread;
};

static void *hold(void *argument)
{
    struct holder *holder = argument;
    holder->take(holder->lock);
    pthread_barrier_wait(&holder->taken);
    pthread_barrier_wait(&holder->end);
    if (holder->give)
        holder->give(holder->lock);
    return NULL;
}

static void begin_holding(struct holder *holder)
{
    pthread_barrier_init(&holder->taken, NULL, 2);
    pthread_barrier_init(&holder->end, NULL, 2);
    pthread_create(&holder->thread, NULL, hold, holder);
    pthread_barrier_wait(&holder->taken);
}

static void end_holding(struct holder *holder)
{
    pthread_barrier_wait(&holder->end);
    pthread_join(holder->thread, NULL);
}

/* --- mutexes --- */

struct mutex_kind {
    int type, robust, protocol, shared;
};

static const struct mutex_kind mutex_kinds[] = {
    {PTHREAD_MUTEX_NORMAL, 0, PTHREAD_PRIO_NONE, 0},
    {PTHREAD_MUTEX_RECURSIVE, 0, PTHREAD_PRIO_NONE, 0},
    {PTHREAD_MUTEX_ERRORCHECK, 0, PTHREAD_PRIO_NONE, 0},
    {PTHREAD_MUTEX_ADAPTIVE_NP, 0, PTHREAD_PRIO_NONE, 0},
    {PTHREAD_MUTEX_RECURSIVE, 0, PTHREAD_PRIO_NONE, 1},
    {PTHREAD_MUTEX_NORMAL, 1, PTHREAD_PRIO_NONE, 0},
    {PTHREAD_MUTEX_RECURSIVE, 1, PTHREAD_PRIO_NONE, 0},
    {PTHREAD_MUTEX_ERRORCHECK, 1, PTHREAD_PRIO_NONE, 0},
    {PTHREAD_MUTEX_NORMAL, 0, PTHREAD_PRIO_INHERIT, 0},
    {PTHREAD_MUTEX_RECURSIVE, 0, PTHREAD_PRIO_INHERIT, 0},
    {PTHREAD_MUTEX_ERRORCHECK, 0, PTHREAD_PRIO_INHERIT, 0},
    {PTHREAD_MUTEX_NORMAL, 1, PTHREAD_PRIO_INHERIT, 0},
};

#define MUTEX_KINDS (int)(sizeof mutex_kinds / sizeof *mutex_kinds)

static void make_mutex(pthread_mutex_t *mutex, const struct mutex_kind *kind)
{
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, kind->type);
    pthread_mutexattr_setprotocol(&attributes, kind->protocol);
    if (kind->robust)
        pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    if (kind->shared)
        pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    ck_assert_int_eq(pthread_mutex_init(mutex, &attributes), 0);
}

static void take_mutex(void *mutex)
{
    pthread_mutex_lock(mutex);
}

static void give_mutex(void *mutex)
{
    pthread_mutex_unlock(mutex);
}

/* Compares, and gives the mutex back if it was taken. */
static void check_mutex(pthread_mutex_t *mutex)
{
    bool found = must_wait(HOOK_OBJECT_MUTEX, mutex);
    int result = pthread_mutex_timedlock(mutex, &over);
    ck_assert_msg(result == 0 || result == ETIMEDOUT || result == EDEADLK || result == EOWNERDEAD,
        "%s", strerror(result));
    ck_assert_int_eq(found, result == ETIMEDOUT);
    if (result == EOWNERDEAD)
        pthread_mutex_consistent(mutex);
    if (result == 0 || result == EOWNERDEAD)
        pthread_mutex_unlock(mutex);
}

START_TEST(a_mutex_of_any_kind)
{
    const struct mutex_kind *kind = &mutex_kinds[_i % MUTEX_KINDS];
    pthread_mutex_t mutex;
    make_mutex(&mutex, kind);
    check_mutex(&mutex);
    pthread_mutex_lock(&mutex);
    check_mutex(&mutex);
    pthread_mutex_unlock(&mutex);
    struct holder holder = {.take = take_mutex, .give = give_mutex, .lock = &mutex};
    begin_holding(&holder);
    ck_assert(must_wait(HOOK_OBJECT_MUTEX, &mutex));
    check_mutex(&mutex);
    end_holding(&holder);
    check_mutex(&mutex);
}
END_TEST

START_TEST(a_robust_mutex_whose_owner_has_died)
{
    pthread_mutex_t mutex;
    make_mutex(&mutex, &mutex_kinds[5]);
    struct holder holder = {.take = take_mutex, .lock = &mutex};
    begin_holding(&holder);
    end_holding(&holder);
    ck_assert(!must_wait(HOOK_OBJECT_MUTEX, &mutex));
    check_mutex(&mutex);
}
END_TEST

START_TEST(the_first_page_is_left_to_the_function)
{
    ck_assert(!must_wait(HOOK_OBJECT_MUTEX, NULL));
    ck_assert(!must_wait(HOOK_OBJECT_MUTEX, (void *)4095));
}
END_TEST

/* --- rwlocks --- */

static void read_lock(void *lock)
{
    pthread_rwlock_rdlock(lock);
}

static void write_lock(void *lock)
{
    pthread_rwlock_wrlock(lock);
}

static void give_lock(void *lock)
{
    pthread_rwlock_unlock(lock);
}

static void check_lock(pthread_rwlock_t *lock)
{
    bool found = must_wait(HOOK_OBJECT_READ_LOCK, lock);
    int result = pthread_rwlock_timedrdlock(lock, &over);
    ck_assert_int_eq(found, result == ETIMEDOUT);
    if (result == 0)
        pthread_rwlock_unlock(lock);
    found = must_wait(HOOK_OBJECT_WRITE_LOCK, lock);
    result = pthread_rwlock_timedwrlock(lock, &over);
    ck_assert_int_eq(found, result == ETIMEDOUT);
    if (result == 0)
        pthread_rwlock_unlock(lock);
}

/* A writer that waits until the readers are gone. */
static void *write_once(void *lock)
{
    pthread_rwlock_wrlock(lock);
    pthread_rwlock_unlock(lock);
    return NULL;
}

static void check_with_waiting_writer(pthread_rwlock_t *lock, bool is_preferred)
{
    pthread_t writer;
    pthread_rwlock_rdlock(lock);
    pthread_create(&writer, NULL, write_once, lock);
    while (!(*(volatile unsigned *)lock & 2)) /* __readers: a writer is there */
        sched_yield();
    ck_assert_int_eq(must_wait(HOOK_OBJECT_READ_LOCK, lock), is_preferred);
    check_lock(lock);
    pthread_rwlock_unlock(lock);
    pthread_join(writer, NULL);
    check_lock(lock);
}

START_TEST(a_lock_with_readers_and_writers)
{
    pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
    check_lock(&lock);
    struct holder reader = {.take = read_lock, .give = give_lock, .lock = &lock};
    begin_holding(&reader);
    ck_assert(!must_wait(HOOK_OBJECT_READ_LOCK, &lock));
    ck_assert(must_wait(HOOK_OBJECT_WRITE_LOCK, &lock));
    check_lock(&lock);
    end_holding(&reader);
    struct holder writer = {.take = write_lock, .give = give_lock, .lock = &lock};
    begin_holding(&writer);
    ck_assert(must_wait(HOOK_OBJECT_READ_LOCK, &lock));
    check_lock(&lock);
    end_holding(&writer);
    check_lock(&lock);
    pthread_rwlock_wrlock(&lock); /* its own: EDEADLK at once */
    check_lock(&lock);
    pthread_rwlock_unlock(&lock);
}
END_TEST

START_TEST(a_reader_waits_for_a_waiting_writer_only_if_that_is_preferred)
{
    pthread_rwlock_t plain = PTHREAD_RWLOCK_INITIALIZER;
    pthread_rwlock_t preferring = PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP;
    check_with_waiting_writer(&plain, false);
    check_with_waiting_writer(&preferring, true);
}
END_TEST

/* --- waiters --- */

struct waiter {
    void (*take)(void *), (*give)(void *);
    void *lock;
    _Atomic pid_t tid;
    pthread_t thread;
};

static void *wait_for_lock(void *argument)
{
    struct waiter *waiter = argument;
    waiter->tid = gettid();
    waiter->take(waiter->lock);
    if (waiter->give)
        waiter->give(waiter->lock);
    return NULL;
}

/* Whether the thread sleeps in the kernel. */
static bool sleeps(pid_t tid)
{
    char path[64], text[256] = "", *state;
    snprintf(path, sizeof path, "/proc/self/task/%d/stat", (int)tid);
    FILE *in = fopen(path, "r");
    if (in == NULL)
        return false;
    state = fgets(text, sizeof text, in) ? strrchr(text, ')') : NULL;
    fclose(in);
    return state && state[2] == 'S';
}

static void begin_waiting(struct waiter *waiter)
{
    waiter->tid = 0;
    pthread_create(&waiter->thread, NULL, wait_for_lock, waiter);
    while (waiter->tid == 0 || !sleeps(waiter->tid))
        sched_yield();
}

START_TEST(a_mutex_for_which_somebody_waits)
{
    pthread_mutex_t mutex;
    make_mutex(&mutex, &mutex_kinds[_i]);
    ck_assert(!has_waiters(HOOK_OBJECT_MUTEX, &mutex));
    pthread_mutex_lock(&mutex);
    ck_assert(!has_waiters(HOOK_OBJECT_MUTEX, &mutex));
    struct waiter waiter = {.take = take_mutex, .give = give_mutex, .lock = &mutex};
    begin_waiting(&waiter);
    ck_assert(has_waiters(HOOK_OBJECT_MUTEX, &mutex));
    pthread_mutex_unlock(&mutex);
    pthread_join(waiter.thread, NULL);
    ck_assert(!has_waiters(HOOK_OBJECT_MUTEX, &mutex));
}
END_TEST

START_TEST(a_lock_for_which_somebody_waits)
{
    pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
    struct waiter waiters[] = {{.take = write_lock, .give = give_lock, .lock = &lock},
        {.take = read_lock, .give = give_lock, .lock = &lock}};
    for (int i = 0; i < 3; i++) { /* readers do not wait for readers */
        (i == 0 ? read_lock : write_lock)(&lock);
        ck_assert(!has_waiters(HOOK_OBJECT_READ_LOCK, &lock));
        begin_waiting(&waiters[i / 2]);
        ck_assert(has_waiters(HOOK_OBJECT_READ_LOCK, &lock));
        pthread_rwlock_unlock(&lock);
        pthread_join(waiters[i / 2].thread, NULL);
        ck_assert(!has_waiters(HOOK_OBJECT_READ_LOCK, &lock));
    }
}
END_TEST

static void wait_for_semaphore(void *semaphore)
{
    sem_wait(semaphore);
}

START_TEST(a_semaphore_for_which_somebody_waits)
{
    sem_t semaphore;
    sem_init(&semaphore, 0, 1);
    ck_assert(!has_waiters(HOOK_OBJECT_SEMAPHORE, &semaphore));
    sem_wait(&semaphore);
    struct waiter waiter = {.take = wait_for_semaphore, .lock = &semaphore};
    begin_waiting(&waiter);
    ck_assert(has_waiters(HOOK_OBJECT_SEMAPHORE, &semaphore));
    sem_post(&semaphore);
    pthread_join(waiter.thread, NULL);
}
END_TEST

/* --- the others --- */

START_TEST(a_spin_lock)
{
    pthread_spinlock_t lock;
    pthread_spin_init(&lock, 0);
    ck_assert(!must_wait(HOOK_OBJECT_SPIN_LOCK, (void *)&lock));
    pthread_spin_lock(&lock);
    ck_assert(must_wait(HOOK_OBJECT_SPIN_LOCK, (void *)&lock));
    pthread_spin_unlock(&lock);
    ck_assert(!must_wait(HOOK_OBJECT_SPIN_LOCK, (void *)&lock));
}
END_TEST

static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool waits_in_progress;

static void initialize(void)
{
    waits_in_progress = must_wait(HOOK_OBJECT_ONCE, &once);
}

START_TEST(once_makes_others_wait_while_it_is_in_progress)
{
    ck_assert(!must_wait(HOOK_OBJECT_ONCE, &once));
    pthread_once(&once, initialize);
    ck_assert(waits_in_progress);
    ck_assert(!must_wait(HOOK_OBJECT_ONCE, &once));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("lock_state");
    TCase *cases = tcase_create("lock_state");
    tcase_add_checked_fixture(cases, lock_state_begin, NULL);
    tcase_add_loop_test(cases, a_mutex_of_any_kind, 0, MUTEX_KINDS);
    tcase_add_test(cases, a_robust_mutex_whose_owner_has_died);
    tcase_add_test(cases, the_first_page_is_left_to_the_function);
    tcase_add_test(cases, a_lock_with_readers_and_writers);
    tcase_add_test(cases, a_reader_waits_for_a_waiting_writer_only_if_that_is_preferred);
    tcase_add_loop_test(cases, a_mutex_for_which_somebody_waits, 0, MUTEX_KINDS);
    tcase_add_test(cases, a_lock_for_which_somebody_waits);
    tcase_add_test(cases, a_semaphore_for_which_somebody_waits);
    tcase_add_test(cases, a_spin_lock);
    tcase_add_test(cases, once_makes_others_wait_while_it_is_in_progress);
    suite_add_tcase(suite, cases);
    return suite_run(suite);
}
