/*
 * print.h - prints what the threads of a run wait for.
 */
#ifndef COMMANDS_NOW_PRINT_H
#define COMMANDS_NOW_PRINT_H

#include <stdio.h>

#include "report/now/now.h"

struct options;
struct record;
struct now_process;

/* Prints the record, whose snapshots were kept by snapshot_keep_open. Of `options`, the root, the
 * view, the colours and is_json are used. `now` says what is known besides the calls. `processes`
 * has the threads of each snapshot; NULL: the processes have ended. Returns 0 or -errno, which has
 * been reported; -EPIPE: the reader has closed the pipe. */
int now_print(struct record *record, const struct now *now, const struct now_process *processes,
    const struct options *options, FILE *out);

#endif
