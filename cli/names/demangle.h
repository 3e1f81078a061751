/*
 * demangle.h - turns linkage names into readable names.
 */
#ifndef CLI_DEMANGLE_H /* libiberty guards its own demangle.h with DEMANGLE_H */
#define CLI_DEMANGLE_H

#include <stdbool.h>
#include <stddef.h>

struct demangler;

struct demangled {
    const char *function; /* without return type; C++ and D (app.Shop.open(int)) with parameters,
                           * Rust without hash; equal to linkage_name if that is not mangled */
    const char *linkage_name; /* without @VERSION and the suffixes of compiler clones */
    bool is_mangled;
};

/* NULL when out of memory. */
struct demangler *demangler_create(void);
void demangler_destroy(struct demangler *demangler);

/* Its names are never NULL. Demangles each name once; the result lives as long as the demangler. If
 * memory runs out, both names are `name` itself. */
struct demangled demangle(struct demangler *demangler, const char *name);

/* The same without a cache, for any thread: returns demangled.function, malloc'ed, or NULL if
 * `linkage_name` is not mangled or memory runs out. */
char *demangle_function(const char *linkage_name);

/* Returns whether it is a mangled name of D, in which modules and classes end in dots. */
bool demangle_is_d(const char *linkage_name);

/* Returns whether it is a mangled name of Rust, in either form. */
bool demangle_is_rust(const char *linkage_name);

/* Returns the length of demangled.linkage_name, which is the beginning of `name`. */
size_t demangle_linkage_length(const char *name);

#endif
