/*
 * wakers.c - one thread waits, and a function of the other one ends the wait, for each kind of
 * object for which this is known.
 */
#include <linux/futex.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/syscall.h>

#include "own_trace.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER, other = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t robust;
static pthread_rwlock_t for_readers = PTHREAD_RWLOCK_INITIALIZER;
static pthread_rwlock_t for_writers = PTHREAD_RWLOCK_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static sem_t semaphore;
static int futex_word, ends[2];
static _Atomic long waiter;
static int is_signalled;

/* --- the waits --- */

static void *take_mutex(void *lock)
{
    waiter = syscall(SYS_gettid);
    pthread_mutex_lock(lock);
    pthread_mutex_unlock(lock);
    return NULL;
}

static void *read_lock(void *lock)
{
    waiter = syscall(SYS_gettid);
    pthread_rwlock_rdlock(lock);
    pthread_rwlock_unlock(lock);
    return NULL;
}

static void *write_lock(void *lock)
{
    waiter = syscall(SYS_gettid);
    pthread_rwlock_wrlock(lock);
    pthread_rwlock_unlock(lock);
    return NULL;
}

static void *wait_for_condition(void *unused)
{
    pthread_mutex_lock(&other);
    waiter = syscall(SYS_gettid);
    while (!is_signalled)
        pthread_cond_wait(&condition, &other);
    pthread_mutex_unlock(&other);
    return unused;
}

static void *wait_for_semaphore(void *unused)
{
    waiter = syscall(SYS_gettid);
    sem_wait(&semaphore);
    return unused;
}

static void *wait_for_futex(void *unused)
{
    waiter = syscall(SYS_gettid);
    syscall(SYS_futex, &futex_word, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
    return unused;
}

static void *read_pipe(void *unused)
{
    char byte;
    waiter = syscall(SYS_gettid);
    if (read(ends[0], &byte, 1) != 1)
        exit(1);
    return unused;
}

/* --- what ends them --- */

/* Until it sleeps in the kernel. */
static void await_waiter(void)
{
    char path[64], text[256], *state;
    do {
        usleep(1000);
        snprintf(path, sizeof path, "/proc/self/task/%ld/stat", (long)waiter);
        FILE *in = waiter ? fopen(path, "r") : NULL;
        state = in && fgets(text, sizeof text, in) ? strrchr(text, ')') : NULL;
        if (in)
            fclose(in);
    } while (state == NULL || state[2] != 'S');
    waiter = 0;
}

static pthread_t begin(void *(*wait)(void *), void *argument)
{
    pthread_t thread;
    pthread_create(&thread, NULL, wait, argument);
    await_waiter();
    return thread;
}

__attribute__((noinline)) static void unlock(pthread_mutex_t *lock)
{
    pthread_mutex_unlock(lock);
    __asm__ volatile("");
}

__attribute__((noinline)) static void unlock_rwlock(pthread_rwlock_t *lock)
{
    pthread_rwlock_unlock(lock);
    __asm__ volatile("");
}

__attribute__((noinline)) static void signal_condition(void)
{
    pthread_cond_signal(&condition);
    __asm__ volatile("");
}

__attribute__((noinline)) static void post(void)
{
    sem_post(&semaphore);
    __asm__ volatile("");
}

__attribute__((noinline)) static void wake(void)
{
    syscall(SYS_futex, &futex_word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
    __asm__ volatile("");
}

__attribute__((noinline)) static void write_pipe(void)
{
    if (write(ends[1], "x", 1) != 1)
        exit(1);
    __asm__ volatile("");
}

static void use_mutexes(void)
{
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&robust, &attributes);
    pthread_mutex_t *mutexes[] = {&mutex, &robust};
    for (int i = 0; i < 2; i++) {
        pthread_mutex_lock(mutexes[i]);
        pthread_t thread = begin(take_mutex, mutexes[i]);
        unlock(mutexes[i]);
        pthread_join(thread, NULL);
    }
}

static void use_rwlocks(void)
{
    pthread_rwlock_wrlock(&for_readers);
    pthread_t thread = begin(read_lock, &for_readers);
    unlock_rwlock(&for_readers);
    pthread_join(thread, NULL);
    pthread_rwlock_rdlock(&for_writers);
    thread = begin(write_lock, &for_writers);
    unlock_rwlock(&for_writers);
    pthread_join(thread, NULL);
}

int main(void)
{
    if (pipe(ends) != 0)
        return 1;
    sem_init(&semaphore, 0, 0);
    use_mutexes();
    use_rwlocks();
    pthread_t thread = begin(wait_for_condition, NULL);
    pthread_mutex_lock(&other);
    is_signalled = 1;
    signal_condition();
    pthread_mutex_unlock(&other);
    pthread_join(thread, NULL);
    thread = begin(wait_for_semaphore, NULL);
    post();
    pthread_join(thread, NULL);
    thread = begin(wait_for_futex, NULL);
    wake();
    pthread_join(thread, NULL);
    thread = begin(read_pipe, NULL);
    write_pipe();
    pthread_join(thread, NULL);
    own_trace_print_wakers(stdout);
    return 0;
}
