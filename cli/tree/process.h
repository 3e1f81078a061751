/*
 * process.h - what is to be said of a process, whatever the format.
 */
#ifndef TREE_PROCESS_H
#define TREE_PROCESS_H

#include <stdbool.h>

struct tree_process;

/* The name by which it was called, or that it has given itself; malloc'ed, NULL when out of memory.
 */
char *tree_process_name(const struct tree_process *process);

/* The same of what was executed in it before, if that is known. */
char *tree_process_former_name(const struct tree_process *process);

/* Whether hits are not in the tree. */
bool tree_process_misses_hits(const struct tree_process *process);

/* Whether there is more to say of it than what it has hit. */
bool tree_process_has_notes(const struct tree_process *process);

/* Whether there is nothing to say of it but that it has no hits. */
bool tree_process_is_quiet(const struct tree_process *process);

#endif
