/*
 * lifetime.h - when this process began and ended, and the processor time that it took.
 *
 * The trace's header gets both moments. All functions are async-signal-safe, and make no system
 * call once the program has forbidden them.
 */
#ifndef LIFETIME_H
#define LIFETIME_H

#include <stdbool.h>
#include <stdint.h>

#include "trace_format.h"

/* Before the process forks, and in the child: it needs the time when it opens its trace, perhaps
 * after it has forked itself. */
void lifetime_expect_fork(void);
void lifetime_take_fork(void);

/* Notes in the header when the process began: a forked child when it was forked, another one now.
 * `start_ticks` returns when the kernel says that the process began (proc(5), starttime). */
void lifetime_note_begin(
    struct trace_header *header, bool is_forked, uint64_t (*start_ticks)(void));

/* Notes whether the parent has a trace in the directory of the file `path`. The tool has none. */
void lifetime_note_parent(const char *path, int32_t parent);

/* Whether the process may ask the kernel for the time at its end. The program itself does not: the
 * tool sees its end, and the program may have forbidden system calls in a way that nobody saw. */
bool lifetime_may_ask(const struct trace_header *header);

/* The process is about to end in this way, or may be. The latest call counts. */
void lifetime_note_end(struct trace_header *header, enum trace_end end, int status);

#endif
