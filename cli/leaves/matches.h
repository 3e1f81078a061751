/*
 * matches.h - the symbols that leaves name, before those of one function are put together.
 */
#ifndef LEAVES_MATCHES_H
#define LEAVES_MATCHES_H

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
    unsigned rank; /* of the symbols of one function the one with the least is its name */
    bool is_ifunc;
};

struct function_matches {
    struct function_match *list; /* by address, leaf, rank */
    size_t count, room;
    char **texts; /* what was made to be shown; malloc'ed */
    size_t text_count, text_room;
};

/* Finds what leaves name among the symbols of the file, and opens its debug file if that takes
 * it. An object of zeroes is empty; it points into `tables` and `leaves`. Returns 0 or
 * -errno; then what was found so far is there. */
int function_matches_find(struct function_matches *matches, struct function_tables *tables,
    const char *path, const struct leaves *leaves);
void function_matches_finish(struct function_matches *matches);

#endif
