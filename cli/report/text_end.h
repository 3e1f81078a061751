/*
 * text_end.h - what is said of a run outside of its trees, as text.
 */
#ifndef REPORT_TEXT_END_H
#define REPORT_TEXT_END_H

struct printer;
struct report_summary;

/* Prints it, a line for each kind of thing that there is. */
void text_end_print(
    const struct printer *printer, const struct report_summary *summary, const char *root);

#endif
