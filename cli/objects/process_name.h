/*
 * process_name.h - the name by which a process was called.
 */
#ifndef OBJECTS_PROCESS_NAME_H
#define OBJECTS_PROCESS_NAME_H

struct snapshot;

/* Returns the base name of the first word of its command line, or of its program; malloc'ed, NULL
 * when out of memory. */
char *process_name(const struct snapshot *snapshot);

#endif
