/* threads_first.c - a library that begins before all others, and starts a thread. */
#include <pthread.h>
#include <unistd.h>

static void *idle(void *unused)
{
    for (;;)
        pause();
    return unused;
}

__attribute__((constructor)) static void begin(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, idle, NULL);
}
