/*
 * program.h - finds the program to run and says beforehand if it cannot be traced.
 */
#ifndef PROGRAM_H
#define PROGRAM_H

#include <stddef.h>

struct program {
    char *path;  /* what will be executed: absolute, or as given with a slash in it */
    char *image; /* the ELF file that the kernel will load: `path`, or a script's interpreter */
    char *
        *libraries; /* the image and every library it loads at start, in load order (real paths) */
    size_t library_count;
};

/* Finds `name` as execvp(3) does, follows the interpreters of scripts, checks that the
 * image is a dynamically linked x86-64 program of glibc without set-user-ID rights, and asks
 * its dynamic linker for the libraries. Returns 0, or the exit status to leave with (126: it
 * is there but cannot be run or traced, 127: not found) and in *problem one line, malloc'ed. */
int program_find(struct program *program, const char *name, char **problem);
void program_finish(struct program *program);

#endif
