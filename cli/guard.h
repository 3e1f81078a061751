/*
 * guard.h - says where a trace stays when a signal ends the tool while there is one to be printed.
 */
#ifndef GUARD_H
#define GUARD_H

/* From here on SIGHUP, SIGINT, SIGQUIT and SIGTERM, where they are not ignored, end this process as
 * they would have, but for one line on stderr that names `place`; if nobody reads stderr, without
 * that. */
void guard_set(const char *place);

/* They end it as they did before. */
void guard_clear(void);

#endif
