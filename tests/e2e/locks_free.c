/* Locks that are free, or taken by the own thread in a way that lets it go on: no call waits. */
#define _GNU_SOURCE
#include <pthread.h>
#include <threads.h>
#include <unistd.h>

static const int types[] = {PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_RECURSIVE, PTHREAD_MUTEX_ERRORCHECK,
    PTHREAD_MUTEX_ADAPTIVE_NP};

static void use_mutex(int type, int robust, int protocol)
{
    pthread_mutexattr_t attributes;
    pthread_mutex_t mutex;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, type);
    pthread_mutexattr_setrobust(&attributes, robust);
    pthread_mutexattr_setprotocol(&attributes, protocol);
    pthread_mutex_init(&mutex, &attributes);
    for (int i = 0; i < 100; i++) {
        pthread_mutex_lock(&mutex);
        if (type == PTHREAD_MUTEX_RECURSIVE || type == PTHREAD_MUTEX_ERRORCHECK)
            pthread_mutex_lock(&mutex);
        if (type == PTHREAD_MUTEX_RECURSIVE)
            pthread_mutex_unlock(&mutex);
        pthread_mutex_unlock(&mutex);
    }
}

static void nothing(void)
{
}

static void use_others(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    static once_flag flag = ONCE_FLAG_INIT;
    pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
    pthread_spinlock_t spin;
    pthread_spin_init(&spin, 0);
    for (int i = 0; i < 100; i++) {
        pthread_rwlock_rdlock(&lock);
        pthread_rwlock_rdlock(&lock);
        pthread_rwlock_unlock(&lock);
        pthread_rwlock_unlock(&lock);
        pthread_rwlock_wrlock(&lock);
        pthread_rwlock_wrlock(&lock); /* EDEADLK */
        pthread_rwlock_unlock(&lock);
        pthread_spin_lock(&spin);
        pthread_spin_unlock(&spin);
        pthread_once(&once, nothing);
        call_once(&flag, nothing);
    }
}

int main(void)
{
    for (int i = 0; i < 4; i++) {
        use_mutex(types[i], PTHREAD_MUTEX_STALLED, PTHREAD_PRIO_NONE);
        use_mutex(types[i], PTHREAD_MUTEX_ROBUST, PTHREAD_PRIO_NONE);
        use_mutex(types[i], PTHREAD_MUTEX_STALLED, PTHREAD_PRIO_INHERIT);
    }
    use_others();
    usleep(1);
    return 0;
}
