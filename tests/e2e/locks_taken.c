/* Locks that another thread has taken: one call of each kind waits. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <time.h>

static _Atomic int is_taken;

/* Not a leaf, so what the holder does is not in the tree. */
static void wait_for(int value)
{
    while (is_taken != value)
        sched_yield();
}

static void compute(void)
{
    struct timespec begin, now;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    do {
        sched_yield();
        clock_gettime(CLOCK_MONOTONIC, &now);
    } while ((now.tv_sec - begin.tv_sec) * 1000000000 + now.tv_nsec - begin.tv_nsec < 20000000);
}

static void *hold_mutex(void *mutex)
{
    pthread_mutex_lock(mutex);
    is_taken = 1;
    compute();
    pthread_mutex_unlock(mutex);
    return NULL;
}

static void *hold_for_writing(void *lock)
{
    pthread_rwlock_wrlock(lock);
    is_taken = 1;
    compute();
    pthread_rwlock_unlock(lock);
    return NULL;
}

static void *hold_for_reading(void *lock)
{
    pthread_rwlock_rdlock(lock);
    is_taken = 1;
    compute();
    pthread_rwlock_unlock(lock);
    return NULL;
}

static void *hold_spin_lock(void *lock)
{
    pthread_spin_lock(lock);
    is_taken = 1;
    compute();
    pthread_spin_unlock(lock);
    return NULL;
}

static void initialize(void)
{
    is_taken = 1;
    compute();
}

static void *run_once(void *once)
{
    pthread_once(once, initialize);
    return NULL;
}

static pthread_t begin(void *(*hold)(void *), void *lock)
{
    pthread_t thread;
    is_taken = 0;
    pthread_create(&thread, NULL, hold, lock);
    wait_for(1);
    return thread;
}

static void end(pthread_t thread)
{
    pthread_detach(thread);
}

static void use_mutex(int type, int robust, int protocol)
{
    pthread_mutexattr_t attributes;
    static pthread_mutex_t mutexes[5];
    static int count;
    pthread_mutex_t *mutex = &mutexes[count++];
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, type);
    pthread_mutexattr_setrobust(&attributes, robust);
    pthread_mutexattr_setprotocol(&attributes, protocol);
    pthread_mutex_init(mutex, &attributes);
    pthread_t thread = begin(hold_mutex, mutex);
    pthread_mutex_lock(mutex);
    pthread_mutex_unlock(mutex);
    end(thread);
}

static void use_timed(void)
{
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    struct timespec far;
    clock_gettime(CLOCK_REALTIME, &far);
    far.tv_sec += 100;
    pthread_t thread = begin(hold_mutex, &mutex);
    pthread_mutex_timedlock(&mutex, &far);
    pthread_mutex_unlock(&mutex);
    end(thread);
}

static void use_lock(void)
{
    static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
    pthread_t thread = begin(hold_for_writing, &lock);
    pthread_rwlock_rdlock(&lock);
    pthread_rwlock_unlock(&lock);
    end(thread);
    thread = begin(hold_for_reading, &lock);
    pthread_rwlock_wrlock(&lock);
    pthread_rwlock_unlock(&lock);
    end(thread);
}

int main(void)
{
    static pthread_spinlock_t spin;
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    use_mutex(PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_STALLED, PTHREAD_PRIO_NONE);
    use_mutex(PTHREAD_MUTEX_RECURSIVE, PTHREAD_MUTEX_STALLED, PTHREAD_PRIO_NONE);
    use_mutex(PTHREAD_MUTEX_ERRORCHECK, PTHREAD_MUTEX_STALLED, PTHREAD_PRIO_NONE);
    use_mutex(PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_ROBUST, PTHREAD_PRIO_NONE);
    use_mutex(PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_STALLED, PTHREAD_PRIO_INHERIT);
    use_timed();
    use_lock();
    pthread_spin_init(&spin, 0);
    pthread_t thread = begin(hold_spin_lock, (void *)&spin);
    pthread_spin_lock(&spin);
    end(thread);
    thread = begin(run_once, &once);
    pthread_once(&once, initialize);
    end(thread);
    return 0;
}
