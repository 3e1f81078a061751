/*
 * message.h - the tool's one-line messages on stderr.
 *
 * A message says what, why and what to try, on one line; control characters in
 * what came from outside are printed harmless.
 */
#ifndef BASE_MESSAGE_H
#define BASE_MESSAGE_H

#include <stdio.h>

/* "scoped-trace: ..." and a newline on stderr. */
void message(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Puts the line that a caller is to print into *problem, malloc'ed (NULL when out of
 * memory), and returns `error`. */
int message_problem(char **problem, int error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Prints the problem and frees it, "out of memory" where it is NULL. Returns `status`. */
int message_fail(int status, char *problem);

/* Writes `text` with bytes below 0x20, 0x7f, and the C1 controls (as UTF-8 and as
 * stray bytes) replaced by \xNN, so that it cannot steer a terminal. */
void message_write_harmless(FILE *out, const char *text);

#endif
