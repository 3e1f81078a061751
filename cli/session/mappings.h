/*
 * mappings.h - whether any process has a trace of the run mapped.
 *
 * Each hooked process has one mapped; a forked child has its parent's until it opens its own. Only
 * while a process is executing a program, it has none. The kernel knows of the mapping whatever
 * process it is in (see mappings.c).
 */
#ifndef SESSION_MAPPINGS_H
#define SESSION_MAPPINGS_H

#include <stdbool.h>
#include <stdint.h>

struct session;

struct mappings {
    bool is_any;    /* a process has a trace mapped, or is opening it */
    uint64_t names; /* a sum over the names of all traces; it changes when a trace is added */
};

/* Looks at the traces one after the other, so the result is not a snapshot of one moment. But if
 * two calls find none mapped, and the same names, no process had one mapped at the first call: a
 * process that goes on in its child leaves a new file behind. If the kernel does not tell, none
 * counts as mapped. Returns 0 or -errno. */
int mappings_look(struct mappings *mapped, const struct session *session);

/* Returns whether a process has the trace at `path` in the session mapped, or is opening it. */
bool mappings_has(const struct session *session, const char *path);

#endif
