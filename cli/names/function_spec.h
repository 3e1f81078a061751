/*
 * function_spec.h - what a user writes to name functions, and whether a function matches it.
 *
 *     SSL_read  SSL_*  [bf]read?        a linkage name, or a pattern as of fnmatch(3)
 *     net::Server<int>::accept(int)     a C++ or Rust name; the parameter list, the template
 *     Server::accept  Server::*         arguments and what precedes a "::" may be omitted
 *     ::accept                          what precedes it may not be omitted
 *     libssl:SSL_read  prog:Server::*   the same in one file only
 *
 * A name without "::" is in no namespace and no class. But in a pattern without "::", a * may stand
 * for some: * matches everything. Unnamed namespaces and the inline namespaces of libraries may
 * always be omitted.
 */
#ifndef NAMES_FUNCTION_SPEC_H
#define NAMES_FUNCTION_SPEC_H

#include <stdbool.h>
#include <stddef.h>

#include "names/function_name.h"

struct function_spec {
    char *written;       /* malloc'ed; the other strings point into it */
    const char *library; /* base name, also without what follows ".so", or a path; NULL: any file */
    const char *name;    /* without library and leading "::" */
    bool is_pattern, is_identifier; /* neither: a C++ or Rust name */
    bool is_whole;                  /* it began with "::" */
    bool is_anywhere; /* set by the caller: a name without "::" may be in any namespace, too */
    bool has_parameters;
    struct name_text key; /* letters that occur in the mangled name of every match; may be empty */
};

/* Returns the length of the first name in a comma-separated list. Commas in <>, (), [] and {}
 * separate nothing. */
size_t function_spec_length(const char *list);

/* Returns 0 or -errno; -EINVAL if it is no valid name; then *problem is one line (malloc'ed). */
int function_spec_parse(struct function_spec *spec, const char *written, char **problem);
void function_spec_finish(struct function_spec *spec);

/* Returns whether functions of this file can match. `soname`: DT_SONAME, or NULL. */
bool function_spec_fits_file(
    const struct function_spec *spec, const char *path, const char *soname);

/* Returns whether the linkage name matches; it has no suffix of compiler clones. */
bool function_spec_matches_linkage(const struct function_spec *spec, const char *linkage_name);

/* Returns false if this name certainly does not match, so that it need not be demangled. */
bool function_spec_may_match(const struct function_spec *spec, const char *mangled);

/* Returns whether the function with this demangled name matches. `name` is the result of
 * function_name_read for it. */
bool function_spec_matches(
    const struct function_spec *spec, const char *demangled, const struct function_name *name);

#endif
