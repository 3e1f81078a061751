/*
 * table.h - what was waited for most, over all leaves.
 */
#ifndef REPORT_OBJECTS_TABLE_H
#define REPORT_OBJECTS_TABLE_H

#include <stddef.h>

struct printer;
struct view;

/* Prints the objects with most time, each once for each leaf that has waited for it; at most
 * `lines` of them, cut to `columns` if that is not 0. */
void objects_print_table(
    const struct printer *printer, const struct view *view, size_t lines, size_t columns);

#endif
