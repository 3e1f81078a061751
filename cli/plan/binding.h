/*
 * binding.h - which of a program's libraries the dynamic linker binds a reference to.
 */
#ifndef PLAN_BINDING_H
#define PLAN_BINDING_H

#include <stdbool.h>
#include <stddef.h>

#include "elf/exports.h"

/* What a reference without version information gets: it comes from a file that was linked without
 * any (BINDING_OLD), or from dlsym(3) (BINDING_NEWEST). */
extern const char binding_old[], binding_newest[];

struct definition {
    const struct exports *file;
    const Elf64_Sym *symbol; /* NULL: there is none */
};

/* What the first of the `count` files in the order of their loading defines as `name`, function or
 * not, in this version: a name, or binding_old or binding_newest themselves. */
struct definition binding_find(
    const struct exports *files, size_t count, const char *name, const char *version);

/* The next definition of the name in any of the files. Begin with all zero; false at the end. */
bool binding_next(
    struct definition *at, const struct exports *files, size_t count, const char *name);

/* The version of a definition, or NULL. */
const char *binding_version(const struct definition *definition);

/* Whether it is a function, which may be called. */
bool binding_is_function(const struct definition *definition);

/* Whether the file of the definition looks this function up by its name when it runs, as who puts
 * himself between the program and the C library does to pass calls on. */
bool binding_passes_on(const struct definition *definition, const char *name);

#endif
