/*
 * explain.h - says of each leaf how it is hooked, for --explain.
 */
#ifndef COMMANDS_EXPLAIN_H
#define COMMANDS_EXPLAIN_H

#include <stdio.h>

struct leaves;
struct plans;

/* Prints a table of the functions in the files that were planned: the leaf, how it is hooked, in
 * which file, and what is not seen of it. */
void explain(FILE *out, const struct plans *plans, const struct leaves *leaves);

#endif
