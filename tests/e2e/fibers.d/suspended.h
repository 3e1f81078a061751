/*
 * suspended.h - lets a target of the tests read from its own trace which fibers are suspended.
 */
#ifndef SUSPENDED_H
#define SUSPENDED_H

#ifdef __cplusplus
extern "C" {
#endif

/* How many stacks are suspended in a call from this function, which the target exports, or from one
 * below it. NULL: in any. */
long suspended_in(const char *function);

/* Calls of functions that switch stacks that have not returned. */
long suspended_calls(void);

/* Prints "NAME: COUNT suspended", and "instead of EXPECTED" if that is something else. */
void suspended_compare(const char *function, long expected);

#ifdef __cplusplus
}
#endif

#endif
