/*
 * process.h - facts about a process, for every format.
 */
#ifndef TREE_PROCESS_H
#define TREE_PROCESS_H

#include <stdbool.h>

struct tree_process;

/* Returns the name by which the process was called, or that it has given itself; malloc'ed, NULL
 * when out of memory. */
char *tree_process_name(const struct tree_process *process);

/* The same for the program that the process executed before, if that is known. */
char *tree_process_former_name(const struct tree_process *process);

/* Returns whether some hits are not in the tree. */
bool tree_process_misses_hits(const struct tree_process *process);

/* Returns whether there is more to report than its hits. */
bool tree_process_has_notes(const struct tree_process *process);

/* Returns whether there is nothing to report except that it has no hits. */
bool tree_process_is_quiet(const struct tree_process *process);

#endif
