/*
 * functions.h - finds the functions of one file that are leaves.
 *
 * Any thread may call these, each with its own objects. Addresses are those in the file (ELF
 * p_vaddr).
 */
#ifndef LEAVES_FUNCTIONS_H
#define LEAVES_FUNCTIONS_H

#include <stdint.h>

#include "elf/image.h"
#include "leaves/function.h"

struct leaves;

/* Finds them. Files of the dynamic linker and of scoped-trace itself have none. All strings live
 * until functions_finish; strings of `leaves` live as long as `leaves`. Returns 0 or -errno,
 * -ENOEXEC if the file is no x86-64 program or library; then *found is unchanged. */
int functions_find(struct functions *found, const char *path, const struct leaves *leaves);
void functions_finish(struct functions *found);

/* Returns the file's bytes from `address` to the end of its segment. */
struct elf_bytes functions_code(const struct functions *found, uint64_t address);

#endif
