// options: --leaf usleep
/* The first thread is left by pthread_exit, and its hits go on in a clean-up handler; another one
 * goes on after it, and ends the program. As the first one's id stays that of the process, what
 * it kept is nobody else's. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static pthread_t first;

static void *go_on(void *argument)
{
    pthread_t other;
    pthread_join(first, NULL);
    for (int i = 0; i < 3; i++)
        usleep(1);
    puts("the other one goes on");
    if (argument == NULL) {
        pthread_create(&other, NULL, go_on, &first);
        pthread_exit(NULL);
    }
    exit(3);
}

static void clean_up(void *argument)
{
    usleep(1);
    puts(argument);
}

int main(void)
{
    pthread_t other;
    first = pthread_self();
    usleep(1);
    pthread_cleanup_push(clean_up, "the first one leaves");
    pthread_create(&other, NULL, go_on, NULL);
    pthread_exit(NULL);
    pthread_cleanup_pop(0);
}
