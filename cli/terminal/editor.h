/*
 * editor.h - shows a line of a source in the user's editor.
 */
#ifndef TERMINAL_EDITOR_H
#define TERMINAL_EDITOR_H

/* Runs $EDITOR (vi without one), a command of sh(1), and waits for its end; the terminal is the
 * editor's meanwhile. Returns 0, or -errno with *problem, one line (malloc'ed). */
int editor_run(const char *file, int line, int column, char **problem);

/* Returns 0, or -errno with *problem if the file cannot be read. */
int editor_check(const char *file, char **problem);

#endif
