/*
 * message.h - the tool's one-line messages on stderr.
 *
 * A message says what happened, why, and what to try. Control characters in text from outside are
 * escaped.
 */
#ifndef BASE_MESSAGE_H
#define BASE_MESSAGE_H

#include <stdio.h>

/* Prints "scoped-trace: WHAT: WHY" and a newline on stderr. WHAT is the text; WHY are the words for
 * `error`, a negative errno. 0: the text says why, and what to try ("WHAT: WHY; TRY"). All messages
 * of the tool reach the user through here. */
void message(int error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Sets *problem to the line that a caller will print, malloc'ed (NULL when out of memory). Returns
 * `error`. */
int message_problem(char **problem, int error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Prints the problem and frees it; NULL is printed as "out of memory". Returns `status`. */
int message_fail(int status, char *problem);

/* Writes `text`. Bytes below 0x20, 0x7f, and the C1 controls (in UTF-8 and as stray bytes) become
 * \xNN, so that the text cannot control a terminal. */
void message_write_harmless(FILE *out, const char *text);

#endif
