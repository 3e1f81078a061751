/*
 * kind.h - which processes do the same: the program and the role in it.
 */
#ifndef TREE_KIND_H
#define TREE_KIND_H

struct tree_process;

/* Returns the name that a process shares with all that do the same, malloc'ed; NULL when out of
 * memory. It is the title that the process has given itself (setproctitle(3bsd)), without what
 * changes from one process to the next: "postgres: user b [local]" of "postgres: user b [local]
 * UPDATE", "nginx: worker process". Without such a title it is the program's name. */
char *tree_process_kind(const struct tree_process *process);

#endif
