/*
 * deadlocks.h - threads that wait for one another.
 */
#ifndef REPORT_OBJECTS_DEADLOCKS_H
#define REPORT_OBJECTS_DEADLOCKS_H

struct deadlocks;
struct printer;

/* Prints each circle with its threads. NULL: there are none. */
void deadlocks_print(const struct printer *printer, const struct deadlocks *deadlocks);

#endif
