/*
 * variables.h - finds the names of variables in which locks lie.
 */
#ifndef OBJECTS_VARIABLES_H
#define OBJECTS_VARIABLES_H

#include <stddef.h>

struct snapshot;

/* Names the locks that are variables of a module, as far as that is known. Returns 0 or -ENOMEM. */
int variables_find(struct snapshot *const *snapshots, size_t count);

#endif
