/*
 * exports.h - the symbols that an ELF file defines, each with its version.
 */
#ifndef ELF_EXPORTS_H
#define ELF_EXPORTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "elf/image.h"

struct exported {
    const char *name;
    const char *version; /* NULL: none */
    bool is_default;     /* no hidden version: what a reference without a version gets */
    bool is_function;    /* else data */
    uint64_t address;    /* in the file */
};

/* An open file; the strings of its symbols live until exports_close. */
struct exports {
    struct elf_image image;
    const char **version_names; /* by version index, NULL where there is none */
    size_t version_count;
};

/* Opens the dynamic symbols of an x86-64 file; one without them has none. Returns 0 or
 * -errno, -ENOEXEC for what is no sound ELF file. */
int exports_open(struct exports *exports, const char *path);
void exports_close(struct exports *exports);

/* The next defined function or datum at or after index *at, which moves past it. Returns
 * false at the end. Begin with 0. */
bool exports_next(const struct exports *exports, size_t *at, struct exported *out);

#endif
