/* row_main.c - rows of functions that jump to one another, as long as a stack could never hold. */
#include <pthread.h>
#include <stdio.h>

#include "row.h"

#define LENGTH 300000

static void *go(void *unused)
{
    printf("%d\n", even(LENGTH));
    printf("%d\n", first(LENGTH));
    printf("%d\n", looker(LENGTH));
    printf("%d\n", summing(1, 2, 3, 4, 5, 6, 7, 8, LENGTH));
    return unused;
}

int main(void)
{
    pthread_attr_t attributes;
    pthread_t thread;
    go(NULL);
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 65536);
    pthread_create(&thread, &attributes, go, NULL);
    pthread_join(thread, NULL);
    return 0;
}
