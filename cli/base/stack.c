/*
 * stack.c - calls a function with enough stack, whatever stack limit this process was started with.
 */
#include "base/stack.h"

#include <stddef.h>
#include <sys/resource.h>

#define STACK_SIZE  ((size_t)8 << 20) /* the usual size; only touched pages take memory */
#define SMALL_STACK ((size_t)1 << 20) /* enough in most cases */

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
    if (getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur < STACK_SIZE)
        return 1;
    return getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
}

static int stack_start_thread(
    pthread_t *thread, void *(*function)(void *), void *argument, size_t size)
{
    pthread_attr_t attributes;
    int error = pthread_attr_init(&attributes);
    if (error)
        return -error;
    if (is_limited()) /* the limit is the default stack size of a thread */
        error = pthread_attr_setstacksize(&attributes, size);
    if (error == 0)
        error = pthread_create(thread, &attributes, function, argument);
    pthread_attr_destroy(&attributes);
    return -error;
}

int stack_thread(pthread_t *thread, void *(*function)(void *), void *argument)
{
    int error = stack_start_thread(thread, function, argument, STACK_SIZE);
    return error ? stack_start_thread(thread, function, argument, SMALL_STACK) : 0;
}

int stack_call(void (*function)(void *), void *argument)
{
    struct call call = {function, argument};
    pthread_t thread;
    if (!is_limited()) {
        function(argument);
        return 0;
    }
    int error = stack_thread(&thread, make_call, &call);
    if (error == 0)
        pthread_join(thread, NULL);
    return error;
}
