/*
 * stack.h - a call with enough stack, whatever the limit is that this process was started with.
 *
 * The program is to have the user's limits (setrlimit(2)), and the tool is under
 * them, too; but the readers of debugging information take it for granted that a stack is large.
 */
#ifndef BASE_STACK_H
#define BASE_STACK_H

#include <pthread.h>

/* Calls function(argument) and returns 0 when it has: in a thread of its own where the stack is
 * limited to less than usual, or the address space, without which a stack cannot grow. Returns
 * -errno where that cannot be had; it is not called then. */
int stack_call(void (*function)(void *), void *argument);

/* pthread_create with as large a stack. Returns 0 or -errno. */
int stack_thread(pthread_t *thread, void *(*function)(void *), void *argument);

#endif
