/*
 * libraries.h - which libraries a program will load at its start.
 */
#ifndef PROGRAM_LIBRARIES_H
#define PROGRAM_LIBRARIES_H

#include <stddef.h>

struct libraries {
    char **paths; /* the image and its libraries, in load order, as the dynamic linker names them */
    size_t count;
};

/* Lists the libraries of `image`, whose dynamic linker is `linker`, as they are loaded in this
 * environment. Those that are missing are left out: the dynamic linker will say so itself.
 * Returns 0 or -errno. */
int libraries_find(struct libraries *libraries, const char *image, const char *linker);

/* How it does so: foresees them, which takes 0.1 ms, where that is certain, and else asks the
 * dynamic linker, which takes as long as starting a program. libraries_foresee returns -ENOTSUP
 * where it is not certain. */
int libraries_foresee(struct libraries *libraries, const char *image, const char *linker);
int libraries_ask(struct libraries *libraries, const char *image, const char *linker);

/* The same, where the whole command that asks the dynamic linker is given: its arguments, of which
 * the first is its path and one is "--list". */
int libraries_ask_by(struct libraries *libraries, const char *image, char *const command[]);

/* Appends a copy of the path. Returns 0 or -ENOMEM. */
int libraries_add(struct libraries *libraries, const char *path);
void libraries_finish(struct libraries *libraries);

#endif
