/* circle.c - as many threads as the argument says, each of which waits for a lock of the next. */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER, second = PTHREAD_MUTEX_INITIALIZER,
                       third = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t *const locks[] = {&first, &second, &third};
static pthread_barrier_t all_have_one;
static int count;

__attribute__((noinline)) static void take_next(long number)
{
    pthread_mutex_lock(locks[(number + 1) % count]);
    pthread_mutex_unlock(locks[(number + 1) % count]);
}

static void *work(void *argument)
{
    long number = (long)argument;
    pthread_mutex_lock(locks[number]);
    pthread_barrier_wait(&all_have_one);
    take_next(number);
    pthread_mutex_unlock(locks[number]);
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t threads[3];
    alarm(60); /* nothing stays of a test that has failed */
    count = argc > 1 ? atoi(argv[1]) : 2;
    pthread_barrier_init(&all_have_one, NULL, (unsigned)count);
    for (long i = 0; i < count; i++)
        pthread_create(&threads[i], NULL, work, (void *)i);
    for (long i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
    return 0;
}
