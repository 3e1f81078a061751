/*
 * program.h - finds the program to run and says beforehand if it cannot be traced.
 */
#ifndef PROGRAM_PROGRAM_H
#define PROGRAM_PROGRAM_H

#include <stddef.h>

struct program {
    char *path;       /* what will be executed; it has a slash in it */
    char *image;      /* the ELF file that will run: `path`, a script's interpreter, or what the
                       * dynamic linker, which is executed, will run */
    char **libraries; /* the image and every library it loads at start, in load order, as the
                       * dynamic linker found them */
    size_t library_count;
};

/* Finds argv[0] as execvp(3) does, follows the interpreters of scripts (and env(1) to the one
 * that it finds) and the dynamic linker to the program that it is told to run, checks that the
 * image is a dynamically linked x86-64 program of glibc without set-user-ID rights, and asks its
 * dynamic linker for the libraries. Those that are missing are left out: the dynamic linker will
 * say so itself. Returns 0, or -errno (-ENOENT: it was not found; else it is there but cannot be
 * run or traced) and in *problem one line, malloc'ed, or NULL when out of memory. */
int program_find(struct program *program, char *const argv[], char **problem);

/* The runtime of AddressSanitizer ends a program in which it is not the first library. */
#define PROGRAM_FIRST_LIBRARY "libasan.so"

/* The first of its libraries whose base name begins with `prefix`, or NULL. */
const char *program_library(const struct program *program, const char *prefix);

void program_finish(struct program *program);

#endif
