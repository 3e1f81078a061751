/*
 * header.h - what the trace file's header says about the process.
 */
#ifndef HEADER_H
#define HEADER_H

#include <stdbool.h>

#include "trace/segment.h"

/* Notes argv, as constructors get it; its first text must stay readable. main may change the array,
 * so header_forget_arguments must be called before main runs. */
void header_take_arguments(char **arguments);
void header_forget_arguments(void);

/* Fills in the header, from the system and from the constructor's arguments, and publishes it. Only
 * one thread at a time may call it. */
void header_write(struct segment *segment, bool is_forked);

/* Copies the title: many programs write what they are doing over their arguments
 * (setproctitle(3bsd)). */
void header_refresh_title(struct segment *segment);

#endif
