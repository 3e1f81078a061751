/*
 * notes.h - what a run writes down in its session, so that `scoped-trace report` can read its
 * traces as it would have itself.
 *
 * The file is there from the start, since the tool may be killed at any time: first one write, then
 * a small one for each library that is loaded later, which the reader takes or leaves as a whole.
 */
#ifndef SESSION_NOTES_H
#define SESSION_NOTES_H

#include <stddef.h>
#include <stdint.h>

struct program;

struct notes {
    char **arguments; /* of the tool, as main has them; NULL after the last one */
    size_t argument_count;
    char **libraries; /* the program's image, then all others that it has loaded */
    size_t library_count;
    int tool;        /* process id of the tool */
    int program;     /* its process id; 0: it was running when the tool ended */
    uint64_t end_ns; /* CLOCK_MONOTONIC when it ended; 0 likewise */
    char *text;      /* what the strings lie in */
};

/* Returns 0 or -errno. */
int notes_begin(const char *directory, int argc, char *const *argv, const struct program *program);

/* A library that was loaded later; what cannot be written is left out. Any thread. */
void notes_add_library(const char *directory, const char *path);

/* The program's end. */
void notes_add_end(const char *directory, int program, uint64_t end_ns);

/* Returns 0 or -errno: -ENOENT where there are none, -EPROTO where they are of another version of
 * the tool. */
int notes_read(struct notes *notes, const char *directory);
void notes_finish(struct notes *notes);

#endif
