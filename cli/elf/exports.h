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
    bool is_default;  /* its version is not hidden: a reference without a version is bound to it */
    bool is_function; /* false: data */
    uint64_t address; /* in the file */
};

/* An open file. The strings of its symbols live until exports_close. */
struct exports {
    struct elf_image image;
    const char **version_names; /* by version index, NULL where there is none */
    size_t version_count, version_room;
};

/* Opens the dynamic symbols of an x86-64 file; a file may have none. Returns 0 or -errno, -ENOEXEC
 * if the file is no valid ELF file. */
int exports_open(struct exports *exports, const char *path);
void exports_close(struct exports *exports);

/* Gets the next defined function or data symbol at or after index *at, and moves *at past it. Begin
 * with 0. Returns false at the end. */
bool exports_next(const struct exports *exports, size_t *at, struct exported *out);

#endif
