/*
 * function_spec.h - what a person writes to name functions, and whether a function is one of them.
 *
 *     SSL_read  SSL_*  [bf]read?        a linkage name, or a pattern as of fnmatch(3)
 *     net::Server<int>::accept(int)     a C++ or Rust name; the list of parameters, the template
 *     Server::accept  Server::*         arguments and what comes before a "::" may be left out
 *     ::accept                          what comes before it may not
 *     libssl:SSL_read  prog:Server::*   the same in one file only
 *
 * A name without "::" is in no namespace and no class. In a pattern without "::" a * may stand
 * for some, however: * is everything. What a function is within without being named so (an
 * unnamed namespace) and inline namespaces of the libraries may always be left out.
 */
#ifndef NAMES_FUNCTION_SPEC_H
#define NAMES_FUNCTION_SPEC_H

#include <stdbool.h>
#include <stddef.h>

#include "names/function_name.h"

struct function_spec {
    char *written;       /* malloc'ed, as all of the following is a part of it */
    const char *library; /* base name, or without what follows ".so", or a path; NULL: any */
    const char *name;    /* without library and leading "::" */
    bool is_pattern, is_identifier; /* neither: a C++ or Rust name */
    bool is_whole;                  /* began with "::" */
    bool is_anywhere; /* set by the caller: also a name without "::" may be in any namespace */
    bool has_parameters;
    struct name_text key; /* letters that each mangled name has that is meant; may be empty */
};

/* Bytes up to the comma that ends the first name of a list, or to its end. Commas in <>, (),
 * [] and {} end nothing. */
size_t function_spec_length(const char *list);

/* Returns 0 or -errno; -EINVAL for what is no name, and then *problem is one line (malloc'ed). */
int function_spec_parse(struct function_spec *spec, const char *written, char **problem);
void function_spec_finish(struct function_spec *spec);

/* Whether functions of this file are meant. `soname`: DT_SONAME, or NULL. */
bool function_spec_fits_file(
    const struct function_spec *spec, const char *path, const char *soname);

/* Whether the linkage name, without the suffix of compiler clones, is meant. */
bool function_spec_matches_linkage(const struct function_spec *spec, const char *linkage_name);

/* False when a demangler need not be asked for this name. */
bool function_spec_may_match(const struct function_spec *spec, const char *mangled);

/* Whether the function with this demangled name is meant. `name` is what function_name_read
 * makes of it. */
bool function_spec_matches(
    const struct function_spec *spec, const char *demangled, const struct function_name *name);

#endif
