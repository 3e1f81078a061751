/*
 * function.h - what is found about the functions of one file.
 */
#ifndef LEAVES_FUNCTION_H
#define LEAVES_FUNCTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arch/code.h"
#include "elf/function_tables.h"
#include "leaves/function_matches.h"

struct function {
    uint64_t address, size; /* of the resolver, if it is an IFUNC; size 0: unknown */
    const char *symbol;     /* the linkage name, with suffixes; if there are several, the best known
                             * one */
    const char *shown;      /* the leaf's name; for C++ and Rust without parameters */
    size_t leaf;            /* index in leaves; if several name it, the first one */
    uint32_t flags;         /* HOOK_TAIL, HOOK_STACK_ARGS: see hook_record.h */
    uint32_t task;          /* HOOK_TASK_TURN, ...: the same */
    bool is_ifunc;
    const struct function_match *matches; /* all leaves that name it, by leaf */
    size_t match_count;
    const struct code_range *parts; /* parts of it that lie elsewhere ("f.cold"), if symbols show
                                     * them */
    size_t part_count;
};

/* How many bytes after a function `entries` still lists beginnings. */
#define FUNCTIONS_NEAR 64

struct functions {
    struct function *list; /* by address, each function once */
    size_t count;
    /* The addresses at which code begins according to symbols, sorted, each once: in the functions
     * of the list, including their own beginnings, and up to FUNCTIONS_NEAR bytes after them. */
    uint64_t *entries;
    size_t entry_count, entry_room;
    struct code_range *parts;
    struct function_tables tables;
    struct function_matches matches;
};

#endif
