/*
 * function_name.h - the parts of a demangled name, or of a name that a user typed.
 *
 * Demangled names are read as libiberty writes them: C++ after the Itanium ABI ("int
 * net::Server<int>::accept<char>(int) const"), Rust with paths, turbofish and "<T as Trait>". A
 * name is split into parts at each "::" outside of brackets. A part is its plain name, followed by
 * decorations: template arguments, ABI tags, or the parameter list of a function within which it is
 * local.
 */
#ifndef NAMES_FUNCTION_NAME_H
#define NAMES_FUNCTION_NAME_H

#include <stdbool.h>
#include <stddef.h>

struct name_text {
    const char *start, *end;
};

struct name_part {
    struct name_text whole;
    const char *name_end; /* where the decoration begins */
};

/* Returns the end of the first token in `text`, which is not empty: a word (an operator's name is
 * one), "->", or one character. Updates *nesting at brackets. */
const char *function_name_skip_token(struct name_text text, int *nesting);

/* Returns the name without return type and parameter list. *parameters is the beginning of that
 * list, or NULL if there is none. */
struct name_text function_name_strip(const char *name, const char **parameters);

/* Removes the first part from `rest`. Returns false if nothing is left. */
bool function_name_next_part(struct name_text *rest, struct name_part *part);
size_t function_name_count_parts(struct name_text name);

/* Returns whether `part` matches `wanted`: they are equal, or `wanted` has only a plain name and
 * the plain names are equal. Spaces beside punctuation are ignored. */
bool function_name_part_matches(const struct name_part *wanted, const struct name_part *part);

/* Returns whether two texts are equal; spaces beside punctuation are ignored. */
bool function_name_is_equal(struct name_text a, struct name_text b);

/* What the search for a demangled name needs to know of it. */
struct function_name {
    char *shown;            /* without return type, parameters and ABI tags */
    const char *parameters; /* the parameter list in the demangled name and what follows it; or
                             * NULL */
    /* The ways in which people write it: `shown` without unnamed and inline namespaces; for Rust's
     * "<T as Trait>::f" also T::f and Trait::f. */
    char *forms[3];
    size_t form_count;
};

/* `demangled` must outlive it. Returns 0 or -ENOMEM. */
int function_name_read(struct function_name *name, const char *demangled);
void function_name_finish(struct function_name *name);

/* Returns the name without the decorations of its parts, malloc'ed, or NULL when out of memory. */
char *function_name_undecorated(const char *name);

#endif
