/*
 * libraries.h - which libraries a program will load at its start.
 */
#ifndef PROGRAM_LIBRARIES_H
#define PROGRAM_LIBRARIES_H

#include <stddef.h>

struct libraries {
    char **paths; /* the image and its libraries, in load order, under the names that the dynamic
                   * linker gives them */
    size_t count, room;
};

/* Lists the libraries of `image`, whose dynamic linker is `linker`, as they are loaded in this
 * environment. Omits missing libraries: the dynamic linker itself will report them. Returns 0 or
 * -errno. */
int libraries_find(struct libraries *libraries, const char *image, const char *linker);

/* The two ways of libraries_find. It predicts the libraries, which takes 0.1 ms, if the result is
 * certain; otherwise it asks the dynamic linker, which takes as long as starting a program.
 * libraries_predict returns -ENOTSUP if the result is not certain. */
int libraries_predict(struct libraries *libraries, const char *image, const char *linker);
int libraries_ask(struct libraries *libraries, const char *image, const char *linker);

/* Asks the dynamic linker with the whole command given: its arguments, the first of which is the
 * dynamic linker's path; one is "--list". */
int libraries_ask_by(struct libraries *libraries, const char *image, char *const command[]);

/* Appends a copy of the path. Returns 0 or -ENOMEM. */
int libraries_add(struct libraries *libraries, const char *path);
void libraries_finish(struct libraries *libraries);

#endif
