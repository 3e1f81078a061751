/*
 * browse.h - starts the browser, scoped-trace-browse, in place of the tool.
 */
#ifndef COMMANDS_BROWSE_H
#define COMMANDS_BROWSE_H

/* Returns 0, or -ENOTTY with *problem, one line (malloc'ed): there is no terminal. */
int browse_check(char **problem);

/* Executes the browser for the saved file `path`, with the arguments of the tool, which has argv[0]
 * and the command first. Returns only if that fails: -errno with *problem. */
int browse_execute(const char *path, char **argv, char **problem);

#endif
