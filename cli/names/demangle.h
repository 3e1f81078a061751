/*
 * demangle.h - the names that linkers know, as people read them.
 */
#ifndef CLI_DEMANGLE_H /* libiberty guards its own demangle.h with DEMANGLE_H */
#define CLI_DEMANGLE_H

#include <stdbool.h>
#include <stddef.h>

struct demangler;

struct demangled {
    const char
        *function;            /* C++: with parameters, without return type; Rust: without hash; D:
                               * app.Shop.open(int);     equal to linkage_name where that is not mangled */
    const char *linkage_name; /* without @VERSION and the suffixes of compiler clones */
    bool is_mangled;
};

/* NULL when out of memory. */
struct demangler *demangler_create(void);
void demangler_destroy(struct demangler *demangler);

/* Never NULL. Each name is worked out once; the result lives as long as the demangler.
 * When out of memory both names are `name` itself. */
struct demangled demangle(struct demangler *demangler, const char *name);

/* The same once, for any thread, without remembering it: demangled.function, malloc'ed, or NULL
 * where `linkage_name` is not mangled or memory is out. */
char *demangle_function(const char *linkage_name);

/* Whether it is a mangled name of D: there modules and classes end in dots. */
bool demangle_is_d(const char *linkage_name);

/* Bytes of demangled.linkage_name, which is the beginning of `name`. */
size_t demangle_linkage_length(const char *name);

#endif
