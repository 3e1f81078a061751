/*
 * place.h - where a task waits, as text.
 */
#ifndef TASKS_PLACE_H
#define TASKS_PLACE_H

#include <stdbool.h>
#include <stdint.h>

struct snapshot;
struct symbols;

struct place_style {
    const char *arrow, *ellipsis; /* between functions; in place of template arguments */
    bool shows_all;               /* leaves out nothing of runtimes and libraries */
};

/* Returns the path from the task's own outermost function to the frame `node`, malloc'ed; NULL when
 * out of memory. What the runtime has called first is left out, and frames of runtimes and of the
 * standard library, but for the one that the task has called last. */
char *place_text(const struct snapshot *snapshot, uint32_t node, struct symbols *symbols,
    const struct place_style *style);

#endif
