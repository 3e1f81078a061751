/*
 * plain.h - prints what a run does in one period after the other.
 */
#ifndef COMMANDS_WATCH_PLAIN_H
#define COMMANDS_WATCH_PLAIN_H

#include <stdint.h>
#include <stdio.h>

struct options;

/* Prints `count` periods of `every_ns`; UINT64_MAX: until no process of the run is left, or the
 * reader has closed the pipe. Of `options`, the run, the view, the root, the leaves and what is
 * saved are used. Returns 0 or -errno, which has been reported; -ESRCH: no process is left, and
 * nothing could be printed. */
int watch_print(const struct options *options, uint64_t every_ns, uint64_t count, FILE *out);

#endif
