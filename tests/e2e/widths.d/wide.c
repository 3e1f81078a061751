/*
 * wide.c - has what makes reports wide: long names, deep paths with forks, and processes and
 * threads with long names. Its exit status is 3.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define APART __attribute__((noinline, noipa))

static volatile int done;

APART void a_function_whose_name_is_longer_than_what_a_narrow_terminal_has(void)
{
    usleep(2000);
    done++;
}

APART void another_function_that_calls_a_function_with_a_long_name(void)
{
    a_function_whose_name_is_longer_than_what_a_narrow_terminal_has();
    done++;
}

/* A fork on each level: the leaf, and the next one. */
#define LEVEL(number, next)                                                                        \
    APART void level_##number(void)                                                                \
    {                                                                                              \
        for (int i = 0; i < 10; i++)                                                               \
            getppid();                                                                             \
        usleep(1000);                                                                              \
        next();                                                                                    \
        done++;                                                                                    \
    }

LEVEL(12, another_function_that_calls_a_function_with_a_long_name)
LEVEL(11, level_12)
LEVEL(10, level_11)
LEVEL(9, level_10)
LEVEL(8, level_9)
LEVEL(7, level_8)
LEVEL(6, level_7)
LEVEL(5, level_6)
LEVEL(4, level_5)
LEVEL(3, level_4)
LEVEL(2, level_3)
LEVEL(1, level_2)

static void *start_of_a_thread_of_the_pool(void *number)
{
    char name[16];
    snprintf(name, sizeof name, "pool-worker-%d", *(int *)number);
    prctl(PR_SET_NAME, name);
    another_function_that_calls_a_function_with_a_long_name();
    return NULL;
}

static void run_threads(void)
{
    int numbers[] = {1, 2, 3};
    pthread_t threads[3];
    for (int i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, start_of_a_thread_of_the_pool, &numbers[i]);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
}

/* As setproctitle does it. */
static void set_title(char **argv, const char *title)
{
    char *last = argv[1] ? argv[1] : argv[0];
    size_t room = (size_t)(last + strlen(last) - argv[0]);
    memset(argv[0], 0, room);
    strncpy(argv[0], title, room);
}

/* Each process starts the next one. */
static void start_processes(char **argv, int depth)
{
    if (depth == 0)
        return;
    if (fork() == 0) {
        set_title(argv, depth == 2 ? "wide: accounting of worker processes" : "wide: worker pool");
        start_processes(argv, depth - 1);
        another_function_that_calls_a_function_with_a_long_name();
        _exit(depth == 1);
    }
    wait(NULL);
}

int main(int argc, char **argv)
{
    level_1();
    level_1();
    run_threads();
    start_processes(argv, 4);
    return argc > 0 ? 3 : 0;
}
