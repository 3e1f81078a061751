/* first_hits.c - in forked children, threads hit for the first time all at once: one of them opens
 * the trace, and the others' hits are recorded as well. */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILDREN 100
#define THREADS  6

static int zero;
static pthread_barrier_t start;

static void *hit(void *argument)
{
    char byte;
    pthread_barrier_wait(&start);
    return read(zero, &byte, 1) == 1 ? argument : NULL;
}

static int hits_of_child(void)
{
    pthread_t threads[THREADS];
    int hits = 0;
    pthread_barrier_init(&start, NULL, THREADS);
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, hit, &zero);
    for (int i = 0; i < THREADS; i++) {
        void *result;
        pthread_join(threads[i], &result);
        hits += result != NULL;
    }
    return hits;
}

int main(void)
{
    int hits = 0;
    zero = open("/dev/zero", O_RDONLY);
    for (int i = 0; i < CHILDREN; i++) {
        int status = 0;
        pid_t child = fork();
        if (child == 0)
            _exit(hits_of_child());
        waitpid(child, &status, 0);
        hits += WEXITSTATUS(status);
    }
    printf("hits %d\n", hits);
    return 0;
}
