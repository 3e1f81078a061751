/*
 * header.h - what the trace file's header says of the process.
 */
#ifndef HEADER_H
#define HEADER_H

#include <stdbool.h>

#include "trace/segment.h"

/* Says where argv is, as constructors get it: its first text stays readable. To be followed by
 * header_forget_arguments before main runs, which may change the array. */
void header_take_arguments(char **arguments);
void header_forget_arguments(void);

/* Fills in the header, from the system and from what the constructor was given, and publishes it.
 * Called by one thread at a time. */
void header_write(struct segment *segment, bool is_forked);

/* Many programs write what they are doing over their arguments (setproctitle(3bsd)): copies that.
 */
void header_refresh_title(struct segment *segment);

#endif
