/*
 * text_end.h - what a report says about a run besides its trees, as text.
 */
#ifndef REPORT_TEXT_END_H
#define REPORT_TEXT_END_H

struct printer;
struct report_summary;

/* Prints it: one line for each kind of fact that applies. */
void text_end_print(
    const struct printer *printer, const struct report_summary *summary, const char *root);

#endif
