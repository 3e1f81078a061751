/*
 * ends.h - notices when processes of a run end, other than the program itself.
 *
 * A process that is killed cannot note its end. So while the tool waits for the program, it looks
 * now and then which processes have left a trace, and waits for them as well (pidfd_open(2)). A
 * process that lives for less than a tenth of a second is mostly not found. What it took is known
 * if the tool is faster than the parent that waits for it; if not, what it had taken when the tool
 * looked last.
 */
#ifndef SESSION_ENDS_H
#define SESSION_ENDS_H

#include <stddef.h>

#include "base/process_time.h"

struct ends;
struct session;

/* Returns NULL when out of memory; the functions below accept that. `program` is left out. */
struct ends *ends_begin(const struct session *session, int program);

/* A descriptor that is readable when a process has ended, or -1. It may change with ends_look. */
int ends_descriptor(const struct ends *ends);

/* In how many milliseconds the next look is due; -1: never. */
int ends_pause(const struct ends *ends);

/* Notes what has ended, and looks for new processes if that is due. */
void ends_look(struct ends *ends);

/* Sets *lives to what has been noticed, malloc'ed or NULL, at most 1000 processes, and returns how
 * many.
 * Waits up to 20 ms for processes that are about to end. Frees `ends`. */
size_t ends_finish(struct ends *ends, struct process_life **lives);

#endif
