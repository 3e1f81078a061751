/*
 * function.h - what is found of the functions of one file.
 */
#ifndef LEAVES_FUNCTION_H
#define LEAVES_FUNCTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arch/code.h"
#include "elf/tables.h"
#include "leaves/matches.h"

struct function {
    uint64_t address, size; /* of the resolver, if it is an IFUNC; size 0: unknown */
    const char *symbol; /* the linkage name, with suffixes: of several the one that is known best */
    const char *shown;  /* the leaf's name; C++ and Rust without parameters */
    size_t leaf;        /* index in leaves; if several name it, the first one */
    uint32_t flags;     /* HOOK_TAIL, HOOK_STACK_ARGS: see hook_record.h */
    bool is_ifunc;
    const struct function_match *matches; /* all that is said of it, by leaf */
    size_t match_count;
    const struct code_range *parts; /* code of it that lies apart ("f.cold"), as far as symbols
                                     * are there */
    size_t part_count;
};

/* How far behind a function, in bytes, `entries` still tells what begins there. */
#define FUNCTIONS_NEAR 64

struct functions {
    struct function *list; /* by address, each once */
    size_t count;
    /* Where symbols say that code begins, sorted, each once: in the functions of the list, their
     * own beginnings included, and FUNCTIONS_NEAR bytes behind. */
    uint64_t *entries;
    size_t entry_count;
    struct code_range *parts;
    struct function_tables tables;
    struct function_matches matches;
};

#endif
