/* forks.c - children are forked from one thread while others hit. */
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS  3
#define CHILDREN 100
#define HITS     7

static int zero;
static atomic_long hits;
static atomic_int is_over;

static int hit(void)
{
    char byte;
    return read(zero, &byte, 1) == 1;
}

static void *run(void *argument)
{
    while (!is_over)
        atomic_fetch_add(&hits, hit());
    return argument;
}

int main(void)
{
    pthread_t threads[THREADS];
    zero = open("/dev/zero", O_RDONLY);
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, run, NULL);
    for (int i = 0; i < CHILDREN; i++) {
        int status = 0;
        pid_t child = fork();
        if (child == 0) {
            int count = 0;
            for (int j = 0; j < HITS; j++)
                count += hit();
            _exit(count);
        }
        waitpid(child, &status, 0);
        atomic_fetch_add(&hits, WEXITSTATUS(status));
    }
    is_over = 1;
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    printf("hits %ld\n", hits);
    return 0;
}
