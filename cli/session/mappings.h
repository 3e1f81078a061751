/*
 * mappings.h - whether any process has a trace of the run mapped.
 *
 * Each process that was hooked has one, a forked child its parent's until it opens its own; only
 * while a program is being executed is there none. The kernel knows of it whoever the process is,
 * and wherever it has got to (see mappings.c).
 */
#ifndef SESSION_MAPPINGS_H
#define SESSION_MAPPINGS_H

#include <stdbool.h>
#include <stdint.h>

struct session;

struct mappings {
    bool is_any;    /* a process has one of them mapped, or is opening it */
    uint64_t names; /* a sum over those that there were before; another one has another sum */
};

/* Looks at them one after the other, so what it finds is no picture of one moment. But if it finds
 * none that is mapped twice, and the same names, no process had one the first time: one that goes
 * on in its child leaves a new file behind. Where the kernel does not tell, none is mapped. Returns
 * 0 or -errno. */
int mappings_look(struct mappings *mapped, const struct session *session);

/* Whether a process has the trace at `path` in the session mapped, or is opening it. */
bool mappings_has(const struct session *session, const char *path);

#endif
