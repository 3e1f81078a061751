/*
 * facts.h - what was found out about files, so that it can be saved and answered without them.
 */
#ifndef SYMBOLS_FACTS_H
#define SYMBOLS_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/file_identity.h"
#include "symbols/frame.h"

struct symbols;

/* What is known of a place in a file. Each part may be missing, because nobody asked for it. */
struct symbol_facts {
    uint64_t address;          /* for a return address, one less */
    struct symbol_chain chain; /* count 0: missing */
    bool is_entry;             /* as symbols_is_entry returns it, if has_called; not known to older
                                * files */
    bool has_called;           /* the next one is known */
    const char *called;        /* linkage name of the function that the call there calls; NULL: the
                                * instruction does not tell */
    enum symbol_home home;     /* of that function; as the next one, not known to older files */
    bool has_aliases;          /* of that function */
    bool has_names;            /* the next three are known */
    const char **names;        /* all linkage names of the function there */
    size_t name_count;
    bool is_one_function;  /* no other function, and no other entry, is in the same description of
                            * .eh_frame before it; not known to older files */
    bool has_call_of_main; /* the next one is known */
    bool is_call_of_main;  /* there the C library calls main */
};

struct symbol_file_facts {
    const char *path;
    struct file_identity identity;
    const char *problem;             /* why nothing could be looked up; NULL: it could */
    bool has_main;                   /* the next one is known */
    const char *main;                /* as symbols_name_main returns it */
    const struct symbol_facts *list; /* by address, each once */
    size_t count;
};

/* From now on, questions about the file are answered from `facts` first. Other questions are
 * answered from the file at its path if it has the same build id. Texts, chains and lists of names
 * are not copied: they must outlive `symbols`. Returns false when out of memory. */
bool symbols_give(struct symbols *symbols, const struct symbol_file_facts *facts);

/* Calls `visit` with each file of a known identity: those that were given, and those that were
 * looked up in, in the order of the first lookups. `list` has `count` facts by address, and
 * replaces the list in `file`. Returns false when out of memory, or when `visit` returned false. */
bool symbols_each_file(struct symbols *symbols,
    bool (*visit)(void *argument, const struct symbol_file_facts *file,
        const struct symbol_facts *const *list, size_t count),
    void *argument);

/* Finds out all facts about a place; the arguments are those of symbols_resolve. */
void symbols_find_all(struct symbols *symbols, const char *path,
    const struct file_identity *identity, uint64_t address, bool is_return_address);

#endif
