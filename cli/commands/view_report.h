/*
 * view_report.h - prints a run as one view of all its processes.
 */
#ifndef COMMANDS_VIEW_REPORT_H
#define COMMANDS_VIEW_REPORT_H

#include <stdbool.h>

struct printing;

/* Returns whether the run is to be printed as a view: the user asks for one, or a line for each
 * place would be too many to read in one look. A run with a tree for each call of the root is only
 * put together to one view if the user asks for that. */
bool view_report_is_wanted(const struct printing *printing);

/* Makes the view and prints it; `collect` fills in the rest of the summary before it is printed.
 * Returns 0 or -errno; a problem with the options has been printed. */
int view_report(struct printing *printing, void (*collect)(struct printing *printing));

#endif
