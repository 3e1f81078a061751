/* A thread is cancelled in read: its clean-up handler runs, and the call is left. */
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static int pipe_ends[2];
static pthread_barrier_t barrier;

static void clean_up(void *argument)
{
    printf("cleaned up %s\n", (const char *)argument);
}

static void *wait_for_ever(void *argument)
{
    char byte;
    pthread_cleanup_push(clean_up, argument);
    pthread_barrier_wait(&barrier);
    printf("read: %zd\n", read(pipe_ends[0], &byte, 1));
    pthread_cleanup_pop(0);
    return NULL;
}

int main(void)
{
    pthread_t thread;
    void *result;
    if (pipe(pipe_ends) != 0)
        return 2;
    pthread_barrier_init(&barrier, NULL, 2);
    pthread_create(&thread, NULL, wait_for_ever, "it");
    pthread_barrier_wait(&barrier);
    usleep(20000);
    pthread_cancel(thread);
    pthread_join(thread, &result);
    puts(result == PTHREAD_CANCELED ? "cancelled" : "not cancelled");
    return 0;
}
