/*
 * function_name.h - the parts of a demangled name, or of one that a person typed.
 *
 * Demangled names are read as libiberty writes them: C++ after the Itanium ABI ("int
 * net::Server<int>::accept<char>(int) const"), Rust with paths, turbofish and "<T as Trait>".
 * A name is cut into parts at the "::" outside of brackets; a part is its plain name, then
 * what decorates it: template arguments, ABI tags, or the parameter list of a function within
 * which it is local.
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

/* Past a word (an operator's name is one), "->", or one character of `text`, which is not empty;
 * *nesting follows the brackets. */
const char *function_name_skip_token(struct name_text text, int *nesting);

/* The name without return type and list of parameters; *parameters gets where that list begins,
 * or NULL when there is none. */
struct name_text function_name_strip(const char *name, const char **parameters);

/* Takes the first part off `rest`; false when nothing is left. */
bool function_name_next_part(struct name_text *rest, struct name_part *part);
size_t function_name_count_parts(struct name_text name);

/* Whether `part` is what was wanted: as a whole, or its plain name where no more was wanted.
 * Spaces beside punctuation don't count. */
bool function_name_part_matches(const struct name_part *wanted, const struct name_part *part);

/* Whether two texts are the same but for spaces beside punctuation. */
bool function_name_is_equal(struct name_text a, struct name_text b);

/* What is to be known of a demangled name in order to look for it. */
struct function_name {
    char *shown;            /* without return type, parameters and ABI tags */
    const char *parameters; /* in the demangled name: the list, and what follows it; or NULL */
    /* What people write for it, less what they don't: `shown` without unnamed and inline
     * namespaces; of Rust's "<T as Trait>::f" also T::f and Trait::f. */
    char *forms[3];
    size_t form_count;
};

/* `demangled` must outlive it. Returns 0 or -ENOMEM. */
int function_name_read(struct function_name *name, const char *demangled);
void function_name_finish(struct function_name *name);

/* The name without the decorations of its parts, malloc'ed, or NULL when out of memory. */
char *function_name_undecorated(const char *name);

#endif
