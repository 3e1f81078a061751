// options: --leaf @wait,@lock
/* Two threads take two locks, each in another order, and wait for each other for ever. */
#define _GNU_SOURCE
#include <pthread.h>
#include <unistd.h>

static pthread_mutex_t accounts = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;

static void *pay(void *unused)
{
    pthread_setname_np(pthread_self(), "payer");
    pthread_mutex_lock(&accounts);
    usleep(200000);
    pthread_mutex_lock(&journal);
    return unused;
}

static void *audit(void *unused)
{
    pthread_setname_np(pthread_self(), "auditor");
    pthread_mutex_lock(&journal);
    usleep(200000);
    pthread_mutex_lock(&accounts);
    return unused;
}

int main(void)
{
    pthread_t payer, auditor;
    pthread_create(&payer, NULL, pay, NULL);
    usleep(50000);
    pthread_create(&auditor, NULL, audit, NULL);
    usleep(500000);
    _exit(0); /* neither thread ends */
}
