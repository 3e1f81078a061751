/*
 * notes.h - what a run writes into its session, so that `scoped-trace report` can read the traces
 * as the run itself would have.
 *
 * The file exists from the start, because the tool may be killed at any time. It gets one write at
 * the start and a small one for each library that is loaded later; a reader takes each write as a
 * whole or not at all.
 */
#ifndef SESSION_NOTES_H
#define SESSION_NOTES_H

#include <stddef.h>
#include <stdint.h>

#include "base/process_time.h"

struct program;

struct notes {
    char **arguments; /* of the tool, as main got them; NULL after the last one */
    size_t argument_count, argument_room;
    char **libraries; /* the program's image, then all other libraries that it has loaded */
    size_t library_count, library_room;
    int tool;                    /* process id of the tool */
    struct process_life life;    /* of the program; all 0: it was running when the tool ended */
    struct process_life *others; /* that were seen to end */
    size_t other_count;
    char *text; /* memory that holds the strings */
};

/* Returns 0 or -errno. */
int notes_begin(const char *directory, int argc, char *const *argv, const struct program *program);

/* Notes a library that was loaded later; ignores write errors. Any thread may call it. */
void notes_add_library(const char *directory, const char *path);

/* Notes the program's end; ignores write errors. */
void notes_add_end(const char *directory, const struct process_life *life);

/* The same for other processes. */
void notes_add_others(const char *directory, const struct process_life *others, size_t count);

/* Returns 0 or -errno: -ENOENT if there are no notes, -EPROTO if another version of the tool wrote
 * them. */
int notes_read(struct notes *notes, const char *directory);
void notes_finish(struct notes *notes);

#endif
