/* Every thread has its own tree, under its name, from its first function on. */
#define _GNU_SOURCE
#include <pthread.h>
#include <time.h>

static const struct timespec pause_time = {.tv_nsec = 1000000};

__attribute__((noinline)) static void work(int times)
{
    for (int i = 0; i < times; i++)
        nanosleep(&pause_time, NULL);
}

static void *first(void *argument)
{
    pthread_setname_np(pthread_self(), "first");
    work(2);
    return argument;
}

static void *second(void *argument)
{
    work(3);
    pthread_setname_np(pthread_self(), "second");
    pthread_setname_np(pthread_self(), "a name that is too long"); /* is refused */
    return argument;
}

int main(void)
{
    pthread_t threads[2];
    pthread_create(&threads[0], NULL, first, NULL);
    pthread_join(threads[0], NULL);
    pthread_create(&threads[1], NULL, second, NULL);
    pthread_join(threads[1], NULL);
    return 0;
}
