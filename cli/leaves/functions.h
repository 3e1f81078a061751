/*
 * functions.h - finds the functions of one file that are leaves.
 *
 * May be called by any thread, each with objects of its own. Addresses are those in the file (ELF
 * p_vaddr).
 */
#ifndef LEAVES_FUNCTIONS_H
#define LEAVES_FUNCTIONS_H

#include <stdint.h>

#include "elf/image.h"
#include "leaves/function.h"

struct leaves;

/* Finds them. Of the dynamic linker, and of what scoped-trace itself loads, there are none. All
 * strings live until functions_finish, those of `leaves` as long as it. Returns 0 or -errno,
 * -ENOEXEC for what is no x86-64 program or library, and then *found is untouched. */
int functions_find(struct functions *found, const char *path, const struct leaves *leaves);
void functions_finish(struct functions *found);

/* The code from `address` to the end of its segment, as in the file. */
struct elf_bytes functions_code(const struct functions *found, uint64_t address);

#endif
