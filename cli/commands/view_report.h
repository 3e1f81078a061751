/*
 * view_report.h - prints a run as one view of all its processes.
 */
#ifndef COMMANDS_VIEW_REPORT_H
#define COMMANDS_VIEW_REPORT_H

#include <stdbool.h>

struct printing;
struct tree_calls;
struct tree_values;
struct tree_process;
struct view_builder;

/* Returns whether the run is to be printed as a view: the user asks for one, or a line for each
 * place would be too many to read in one look. A run with a tree for each call of the root is not
 * put together to one view. */
bool view_report_is_wanted(const struct printing *printing);

/* Makes the view and prints it; `collect` fills in the rest of the summary before it is printed.
 * Returns 0 or -errno; a problem with the options has been printed. */
int view_report(struct printing *printing, void (*collect)(struct printing *printing));

/* Prints a process with a tree for each call of the root; each is a view if the user asks for one.
 * Returns 0 or -ENOMEM. */
int view_report_print_calls(
    struct printing *printing, const struct tree_process *process, const struct tree_calls *calls);

/* The same for calls by the value of an argument. */
int view_report_print_values(struct printing *printing, const struct tree_process *process,
    const struct tree_values *values);

/* Warns if an option of the view has matched in none of the calls, and frees what was needed for
 * that. */
void view_report_end_calls(struct printing *printing);

/* Warns if an option of the view has matched nothing. */
void view_report_warn_unmatched(const struct view_builder *builder);

#endif
