/*
 * find.h - finds the run that goes on and that the user means.
 */
#ifndef COMMANDS_NOW_FIND_H
#define COMMANDS_NOW_FIND_H

/* Sets *path (malloc'ed) to the session's directory: `which` is a process id, a directory, or
 * "last"; NULL: the same, and a message says which other runs go on. Returns 0, or -errno with
 * *problem, one line (malloc'ed). */
int now_find_run(char **path, const char *which, char **problem);

#endif
