/*
 * explain.h - prints how each leaf is hooked, for --explain.
 */
#ifndef COMMANDS_EXPLAIN_H
#define COMMANDS_EXPLAIN_H

#include <stdio.h>

struct leaves;
struct plans;

/* Prints a table of the functions in the files that have plans: the leaf, how and in which file it
 * is hooked, and which of its calls are not seen. */
void explain(FILE *out, const struct plans *plans, const struct leaves *leaves);

#endif
