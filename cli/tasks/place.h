/*
 * place.h - where a task waits, as text.
 */
#ifndef TASKS_PLACE_H
#define TASKS_PLACE_H

#include <stdbool.h>
#include <stdint.h>

struct facts_table;
struct snapshot;
struct symbols;

struct place_style {
    const char *arrow, *ellipsis; /* between functions; in place of template arguments */
    bool shows_all;               /* leaves out nothing of runtimes and libraries */
    bool has_sources;             /* the place in the source stands behind each function */
    const char *directory;        /* then: files below it have a relative path; may be NULL */
    struct facts_table *facts;    /* for struct place; NULL: nothing is asked */
};

struct place {
    char *text; /* malloc'ed: the path from the task's own outermost function */
    /* What the user's patterns and the tables say of a function of the path. */
    bool is_under, is_through, is_without, is_idle;
};

/* Describes the place of a task, the frame `node`. What the runtime has called first is left out of
 * the text, and frames of runtimes and of the standard library, but for the one that the task has
 * called last. Returns 0 or -ENOMEM; then there is no text. */
int place_describe(struct place *place, const struct snapshot *snapshot, uint32_t node,
    struct symbols *symbols, const struct place_style *style);

#endif
