/* threads.c - thousands of threads come and go, and hit in their destructors as well. */
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#define ROUNDS  200
#define AT_ONCE 10

static int zero;
static pthread_key_t key;
static atomic_long hits;

static void hit(void)
{
    char byte;
    if (read(zero, &byte, 1) == 1)
        atomic_fetch_add(&hits, 1);
}

static void on_end(void *argument)
{
    (void)argument;
    hit();
}

static void *run(void *argument)
{
    pthread_setspecific(key, argument);
    for (int i = 0; i < 3; i++)
        hit();
    return NULL;
}

int main(void)
{
    pthread_t threads[AT_ONCE];
    zero = open("/dev/zero", O_RDONLY);
    pthread_key_create(&key, on_end);
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < AT_ONCE; i++)
            pthread_create(&threads[i], NULL, run, &key);
        for (int i = 0; i < AT_ONCE; i++)
            pthread_join(threads[i], NULL);
    }
    printf("hits %ld\n", hits);
    return 0;
}
