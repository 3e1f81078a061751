/*
 * text_calls.h - the calls of the root as text, each with its tree.
 */
#ifndef REPORT_TEXT_CALLS_H
#define REPORT_TEXT_CALLS_H

struct printer;
struct tree_calls;

/* Prints the calls, and the notes about all of them. */
void text_calls_print(
    const struct printer *printer, const struct tree_calls *calls, const char *root);

#endif
