/*
 * program.h - finds the program to run, and reports before the run if it cannot be traced.
 */
#ifndef PROGRAM_PROGRAM_H
#define PROGRAM_PROGRAM_H

#include <stddef.h>

struct program {
    char *path;       /* the path to execute; it has a slash in it */
    char *image;      /* the ELF file that will run: `path`, a script's interpreter, or what the
                       * dynamic linker, which is executed, will run */
    char **libraries; /* the image and every library it loads at start, in load order, as the
                       * dynamic linker found them */
    size_t library_count;
};

/* Finds argv[0] as execvp(3) does. Follows script interpreters (and env(1) to the program that it
 * runs) and a dynamic linker to the program that it is to run. Checks that the image is a
 * dynamically linked x86-64 program of glibc without set-user-ID rights, and asks its dynamic
 * linker for the libraries. Omits missing libraries: the dynamic linker itself will report them.
 * Returns 0, or -errno (-ENOENT: the program was not found; otherwise it exists but cannot be run
 * or traced) with *problem, one line (malloc'ed), or NULL when out of memory. */
int program_find(struct program *program, char *const argv[], char **problem);

/* The runtime of AddressSanitizer ends a program in which it is not the first library. */
#define PROGRAM_FIRST_LIBRARY "libasan.so"

/* Returns the first of its libraries whose base name begins with `prefix`, or NULL. */
const char *program_library(const struct program *program, const char *prefix);

void program_finish(struct program *program);

#endif
