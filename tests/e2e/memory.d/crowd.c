/* crowd.c - threads one after the other. usage: crowd NUMBER [names]: half of them with a name
 * of its own. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "size.h"

__attribute__((noinline)) static int hit_deep(int depth)
{
    if (depth == 0)
        return (int)getppid() & 0;
    return hit_deep(depth - 1) + 1;
}

static void *hit(void *argument)
{
    if (argument)
        pthread_setname_np(pthread_self(), "other");
    hit_deep(10);
    return NULL;
}

int main(int argc, char **argv)
{
    int number = argc > 1 ? atoi(argv[1]) : 1;
    struct size early = {0};
    for (int i = 0; i < number; i++) {
        pthread_t thread;
        if (i == number / 2) /* more than have a tree each */
            early = size_now();
        /* No regular pattern: threads can take turns in trees. */
        bool is_other = argc > 2 && ((unsigned)i * 2654435761u >> 16 & 1);
        if (pthread_create(&thread, NULL, hit, is_other ? argv : NULL) != 0)
            return 1;
        pthread_join(thread, NULL);
    }
    say_growth(early, size_now());
    return 0;
}
