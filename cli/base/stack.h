/*
 * stack.h - calls a function with enough stack, whatever stack limit this process was started with.
 *
 * The program must get the user's limits (setrlimit(2)), so the tool runs under them, too; but the
 * libraries that read debugging information need a large stack.
 */
#ifndef BASE_STACK_H
#define BASE_STACK_H

#include <pthread.h>

/* Calls function(argument) and returns 0 after it has returned. Uses a separate thread if the stack
 * limit is below the usual one, or if the address space is limited, because then a stack may be
 * unable to grow. Returns -errno if that thread cannot be created; then `function` is not
 * called. */
int stack_call(void (*function)(void *), void *argument);

/* pthread_create with a stack of the same size. Returns 0 or -errno. */
int stack_thread(pthread_t *thread, void *(*function)(void *), void *argument);

#endif
