/*
 * many.c - executes a program many times, in threads, by posix_spawn and by vfork, while this
 * process' memory must not grow by it.
 *
 * usage: many PROGRAM THREADS TIMES
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;
static char *words[2];
static int times;
static _Atomic int wrong;

static void check(pid_t child)
{
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child || WEXITSTATUS(status) != 3)
        wrong++;
}

static void *run(void *argument)
{
    (void)argument;
    for (int i = 0; i < times; i++) {
        posix_spawn_file_actions_t actions;
        pid_t child = -1;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
        posix_spawn(&child, words[0], &actions, NULL, words, environ);
        posix_spawn_file_actions_destroy(&actions);
        check(child);
        child = vfork();
        if (child == 0) {
            close(1);
            execve(words[0], words, environ);
            _exit(9);
        }
        check(child);
    }
    return NULL;
}

static long mappings(void)
{
    long count = 0;
    FILE *maps = fopen("/proc/self/maps", "r");
    for (int c; maps && (c = getc(maps)) != EOF;)
        count += c == '\n';
    if (maps)
        fclose(maps);
    return count;
}

static void run_threads(int count)
{
    pthread_t threads[64];
    for (int i = 0; i < count; i++)
        pthread_create(&threads[i], NULL, run, NULL);
    for (int i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
}

int main(int count, char **arguments)
{
    if (count < 4)
        return 2;
    words[0] = arguments[1];
    times = atoi(arguments[3]) / 2;
    run_threads(atoi(arguments[2]));
    long before = mappings();
    run_threads(atoi(arguments[2]));
    printf("%d wrong, %s\n", wrong, mappings() > before + 4 ? "grows" : "does not grow");
    return 0;
}
