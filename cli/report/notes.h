/*
 * notes.h - the lines below a tree: what it lacks, and what the user should know about it.
 */
#ifndef REPORT_NOTES_H
#define REPORT_NOTES_H

#include <stdbool.h>

struct printer;

/* Prints what was lost, and what has no time. */
void notes_print_losses(const struct printer *printer);

/* Prints that, and the notes about the root. */
void notes_print_all(const struct printer *printer, const char *root, bool root_is_default);

/* Prints why calls of the root could not be told apart, if that is so. */
void notes_print_inlined_root(const struct printer *printer, const char *root);

#endif
