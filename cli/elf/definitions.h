/*
 * definitions.h - which file of a process defines a function that others call by its name.
 */
#ifndef ELF_DEFINITIONS_H
#define ELF_DEFINITIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/file_identity.h"

/* A zeroed object is empty. */
struct definitions {
    struct definitions_file *files; /* malloc'ed */
    size_t count, room;
    void *known; /* of tsearch(3), by name */
};

/* From now on, looks in this file, too. Returns false when out of memory. */
bool definitions_add(
    struct definitions *definitions, const char *path, const struct file_identity *identity);
void definitions_finish(struct definitions *definitions);

struct definition {
    const char *path; /* of the file; NULL: not known */
    uint64_t address; /* in the file */
    bool has_aliases; /* the file exports the same function by other names, too */
};

/* Finds the only file that exports this name, as an ordinary function. It is not known if no file
 * or several do, if the name stands for a function that chooses the one to be called
 * (STT_GNU_IFUNC), or without memory. */
struct definition definitions_find(struct definitions *definitions, const char *name);

#endif
