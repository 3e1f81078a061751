/*
 * presence.h - whether a process is one of a run.
 *
 * Every hooked process has a file of the session mapped.
 */
#ifndef SESSION_PRESENCE_H
#define SESSION_PRESENCE_H

#include <stdio.h>

struct session;

enum presence {
    PRESENCE_NONE,
    PRESENCE_STARTING, /* it may become a process of the run */
    PRESENCE_CERTAIN,
};

/* Returns "/scoped-trace-XXXXXX/", which occurs in the maps whatever prefix a mount namespace
 * adds. malloc'ed, NULL when out of memory. */
char *presence_mark(const struct session *session);

enum presence presence_of(const char *mark, int pid);

/* Opens a file of /proc/PID. */
FILE *presence_open(int pid, const char *name);

#endif
