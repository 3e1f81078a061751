/*
 * roomy.c - a call with enough stack, whatever the limit is that this process was started with.
 */
#include "roomy.h"

#include <stddef.h>
#include <sys/resource.h>

#define STACK_SIZE ((size_t)8 << 20) /* what is usual; only what is touched becomes memory */

struct call {
    void (*function)(void *);
    void *argument;
};

static void *make_call(void *argument)
{
    const struct call *call = argument;
    call->function(call->argument);
    return NULL;
}

static int is_limited(void)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur < STACK_SIZE;
}

int roomy_thread(pthread_t *thread, void *(*function)(void *), void *argument)
{
    pthread_attr_t attributes;
    int error = pthread_attr_init(&attributes);
    if (error)
        return -error;
    if (is_limited()) /* which is what the size of a thread's stack is by default */
        error = pthread_attr_setstacksize(&attributes, STACK_SIZE);
    if (error == 0)
        error = pthread_create(thread, &attributes, function, argument);
    pthread_attr_destroy(&attributes);
    return -error;
}

void roomy_call(void (*function)(void *), void *argument)
{
    struct call call = {function, argument};
    pthread_t thread;
    if (is_limited() && roomy_thread(&thread, make_call, &call) == 0)
        pthread_join(thread, NULL);
    else
        function(argument);
}
