/* chain.c - a process that goes on in its child, again and again, and hits in each.
 * usage: chain GENERATIONS [threads]: with a thread that hits in each as well. */
#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "size.h"

__attribute__((noinline)) static int hit_deep(int depth, unsigned path)
{
    if (depth == 0)
        return (int)getppid() & 0;
    return path & 1 ? hit_deep(depth - 1, path >> 1) + 1 : hit_deep(depth - 1, path >> 1);
}

static void *hit(void *argument)
{
    for (unsigned path = 0; path < 20; path++)
        hit_deep(6, path);
    return argument;
}

int main(int argc, char **argv)
{
    int generations = argc > 1 ? atoi(argv[1]) : 1;
    struct size early = {0};
    for (int i = 0; i < generations; i++) {
        pthread_t thread;
        hit(NULL);
        if (argc > 2 && pthread_create(&thread, NULL, hit, NULL) == 0)
            pthread_join(thread, NULL);
        if (i == 10)
            early = size_now();
        pid_t child = fork();
        if (child == 0)
            continue;
        int status = 0;
        waitpid(child, &status, 0);
        _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
    }
    hit(NULL);
    say_growth(early, size_now());
    return 0;
}
