/*
 * functions.h - finds the functions of one file that are leaves.
 *
 * Everything here may be called by any thread, each with objects of its own, but for
 * functions_only_inlined. Addresses are those in the file (ELF p_vaddr).
 */
#ifndef LEAVES_FUNCTIONS_H
#define LEAVES_FUNCTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "elf/image.h"
#include "elf/tables.h"
#include "leaves/matches.h"
#include "arch/code.h"

struct function_spec;
struct leaves;
struct near_miss;

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

/* Finds them. Of the dynamic linker, and of what scoped-trace itself loads, there are none. All
 * strings live until functions_finish, those of `leaves` as long as it. Returns 0 or -errno,
 * -ENOEXEC for what is no x86-64 program or library, and then *found is untouched. */
int functions_find(struct functions *found, const char *path, const struct leaves *leaves);
void functions_finish(struct functions *found);

/* The code from `address` to the end of its segment, as in the file. */
struct elf_bytes functions_code(const struct functions *found, uint64_t address);

/* Takes all functions of a file into account, also local ones, by the names that `near`'s could
 * have been: as much of C++ and Rust names as was wanted. Returns 0 or -errno. */
int functions_near_misses(struct near_miss *near, const char *path);

/* Whether there is any function that is meant, by a symbol or by debugging information, inlined or
 * not; the library that the specification may name does not count. The rest as below. */
int functions_any(bool *is_there, const char *path, const struct function_spec *spec);

/* Whether a function that is meant was put into all its callers, given that functions_find finds
 * none. Only while there is one thread, see symbols/inlined.h; it may take seconds. Returns 0 or
 * -errno, -ENOENT without debugging information, and then *is_inlined is untouched. */
int functions_only_inlined(bool *is_inlined, const char *path, const struct function_spec *spec);

/* Into which functions such a one was put: their names, malloc'ed, at most `room`. Returns how
 * many. Also only while there is one thread. */
size_t functions_inlined_into(
    char **callers, size_t room, const char *path, const struct function_spec *spec);

typedef void functions_take(uint64_t address, const char *name, void *context);

/* Calls `take` with the name, without suffixes, and the address of each symbol that is meant, if
 * the file is. */
void functions_each_symbol(
    const char *path, const struct function_spec *spec, functions_take *take, void *context);

/* The same with the linkage name, or else the name, of each function that was inlined somewhere,
 * and the address 0. Only while there is one thread. */
void functions_each_inlined(
    const char *path, const struct function_spec *spec, functions_take *take, void *context);

#endif
