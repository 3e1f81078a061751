/*
 * c_library.h - which files belong to the C library.
 *
 * The properties that leaves/leaves.c and plan/interposer.c know of a function by its name are
 * those of glibc's function. A program or another library may use any of these names for something
 * else.
 */
#ifndef ELF_C_LIBRARY_H
#define ELF_C_LIBRARY_H

#include <stdbool.h>

struct elf_image;

/* Returns whether the file is glibc or a library that comes with it. */
bool c_library_is(const struct elf_image *image);

/* Returns whether the file defines this version of symbols, for example "GLIBC_2.28". */
bool c_library_defines(const struct elf_image *image, const char *version);

#endif
