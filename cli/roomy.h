/*
 * roomy.h - a call with enough stack, whatever the limit is that this process was started with.
 *
 * The program is to have the user's limits (setrlimit(2), RLIMIT_STACK), and the tool is under
 * them, too; but the readers of debugging information take it for granted that a stack is large.
 */
#ifndef ROOMY_H
#define ROOMY_H

#include <pthread.h>

/* Calls function(argument) and returns when it has: in a thread of its own where the stack is
 * limited to less than usual, and on this stack where no thread can be had. */
void roomy_call(void (*function)(void *), void *argument);

/* pthread_create with as large a stack. Returns 0 or -errno. */
int roomy_thread(pthread_t *thread, void *(*function)(void *), void *argument);

#endif
