/*
 * notes.h - the lines below a tree: what is missing in it, and what to know of it.
 */
#ifndef REPORT_NOTES_H
#define REPORT_NOTES_H

#include <stdbool.h>

struct printer;

/* What was lost, and what has no time. */
void notes_print_losses(const struct printer *printer);

/* That, and what is said of the root. */
void notes_print_all(const struct printer *printer, const char *root, bool root_is_default);

#endif
