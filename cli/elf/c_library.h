/*
 * c_library.h - which files are the C library's.
 *
 * What is known of a function by its name (leaves/leaves.c, plan/interposer.c) is known of glibc's
 * function. A program or another library may give any of these names to something of its own.
 */
#ifndef ELF_C_LIBRARY_H
#define ELF_C_LIBRARY_H

#include <stdbool.h>

struct elf_image;

/* Whether the file is glibc, or one of the libraries that come with it. */
bool c_library_is(const struct elf_image *image);

#endif
