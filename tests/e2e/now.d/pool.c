/* pool.c - a pool of three threads, whose jobs all wait for jobs that no thread is left to do. */
#include <pthread.h>
#include <stdbool.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t work_came = PTHREAD_COND_INITIALIZER, result_came = PTHREAD_COND_INITIALIZER;
static int jobs = 3, results;

__attribute__((noinline)) static void wait_for_result(void)
{
    pthread_mutex_lock(&lock);
    jobs++;
    pthread_cond_signal(&work_came);
    while (results == 0)
        pthread_cond_wait(&result_came, &lock);
    pthread_mutex_unlock(&lock);
}

static void *run_jobs(void *unused)
{
    pthread_setname_np(pthread_self(), "worker");
    for (;;) {
        pthread_mutex_lock(&lock);
        while (jobs == 0)
            pthread_cond_wait(&work_came, &lock);
        jobs--;
        pthread_mutex_unlock(&lock);
        wait_for_result();
    }
    return unused;
}

int main(void)
{
    pthread_t threads[3];
    alarm(60);
    for (int i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, run_jobs, NULL);
    pthread_join(threads[0], NULL);
    return 0;
}
