/*
 * progress.h - a line on the terminal that says what is being done, if that takes more than a
 * second.
 *
 * It is on stderr, and only if that is a terminal on which lines can be replaced, and this process
 * is in the foreground of it. Nothing of it stays. Messages (message.h) come in its place.
 */
#ifndef BASE_PROGRESS_H
#define BASE_PROGRESS_H

#include <stdint.h>

/* Work begins. Does nothing if it has begun already. */
void progress_begin(void);

/* What is done now, such as "reading traces", a text that stays in memory; `total`: in how many
 * steps, 0: that is not known. */
void progress_say(const char *what, uint64_t total);

/* So many steps of it are done. To be called by one thread. */
void progress_advance(uint64_t steps);

/* The line is taken away. */
void progress_end(void);

/* The same for the moment: something else is written to the terminal. */
void progress_hide(void);

/* The same in a handler of a signal that ends this process. Async-signal-safe. */
void progress_erase(void);

#endif
