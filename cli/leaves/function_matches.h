/*
 * function_matches.h - the symbols that leaves name, before symbols of the same function are
 * merged.
 */
#ifndef LEAVES_FUNCTION_MATCHES_H
#define LEAVES_FUNCTION_MATCHES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct function_tables;
struct leaves;

struct function_match {
    uint64_t address, size;
    const char *symbol;
    const char *shown;
    size_t leaf;   /* index in leaves */
    unsigned rank; /* the symbol with the lowest rank gives a function its name */
    bool is_ifunc;
};

struct function_matches {
    struct function_match *list; /* by address, leaf, rank */
    size_t count, room;
    char **texts; /* names made for display; malloc'ed */
    size_t text_count, text_room;
};

/* Finds the symbols that leaves name in the file, and opens its debug file if needed. A zeroed
 * object is empty; the result points into `tables` and `leaves`. Returns 0 or -errno; then
 * `matches` has what was found before the error. */
int function_matches_find(struct function_matches *matches, struct function_tables *tables,
    const char *path, const struct leaves *leaves);
void function_matches_finish(struct function_matches *matches);

#endif
