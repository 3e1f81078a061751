/*
 * binding.h - to which of a program's libraries the dynamic linker binds a reference.
 */
#ifndef PLAN_BINDING_H
#define PLAN_BINDING_H

#include <stdbool.h>
#include <stddef.h>

#include "elf/exports.h"

/* The versions of a reference without version information: from a file that was linked without any
 * (binding_old), or from dlsym(3) (binding_newest). */
extern const char binding_old[], binding_newest[];

struct definition {
    const struct exports *file;
    const Elf64_Sym *symbol; /* NULL: there is none */
};

/* Finds the definition of `name`, a function or not, in the first of the `count` files that has
 * one; the files are in load order. `version` is a name, or the pointer binding_old or
 * binding_newest. */
struct definition binding_find(
    const struct exports *files, size_t count, const char *name, const char *version);

/* Moves *at to the next definition of the name in any of the files. Begin with a zeroed *at.
 * Returns false at the end. */
bool binding_next(
    struct definition *at, const struct exports *files, size_t count, const char *name);

/* The version of a definition, or NULL. */
const char *binding_version(const struct definition *definition);

/* Returns whether the definition is a function. */
bool binding_is_function(const struct definition *definition);

/* Returns whether the definition's file looks this function up by its name at run time. A library
 * does so if it stands between the program and the C library and passes calls on. */
bool binding_passes_on(const struct definition *definition, const char *name);

#endif
