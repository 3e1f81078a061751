/* lost.c - a thread that was signalled before it began to wait for that. */
#include <pthread.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ready = PTHREAD_COND_INITIALIZER;

__attribute__((noinline)) static void wait_until_ready(void)
{
    pthread_mutex_lock(&lock);
    pthread_cond_wait(&ready, &lock);
    pthread_mutex_unlock(&lock);
}

static void *consume(void *unused)
{
    pthread_setname_np(pthread_self(), "consumer");
    wait_until_ready();
    return unused;
}

/* Works without a wait. */
static void *compute(void *unused)
{
    pthread_setname_np(pthread_self(), "computer");
    for (volatile unsigned long i = 0;; i++)
        ;
    return unused;
}

int main(void)
{
    pthread_t consumer, computer;
    alarm(60);
    pthread_cond_signal(&ready);
    pthread_create(&consumer, NULL, consume, NULL);
    pthread_create(&computer, NULL, compute, NULL);
    pthread_join(consumer, NULL);
    return 0;
}
