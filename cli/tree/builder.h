/*
 * builder.h - what is known while a tree is made.
 */
#ifndef TREE_BUILDER_H
#define TREE_BUILDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trace/snapshot.h"
#include "tree/children.h"
#include "tree/tree.h"

struct symbol_chain;
struct symbols;
struct tree_options;

#define NO_ROOT UINT32_MAX

/* What is known of one module by its name. */
struct module_name {
    const char *base;
    bool is_ours;       /* the tool's own library or interposer: never shown */
    bool is_start_code; /* where threads begin before their first function: libc, ld.so */
    bool is_libc;
};

/* What becomes of one recorded node. */
struct site {
    const struct symbol_chain *chain; /* of a frame; NULL until its names are needed */
    struct tree_node *below;          /* what it called hangs here */
    const char *calls;                /* name of the root, if the call at this place has entered it;
                                       * "": main, by an unknown name */
    const char *jumped;  /* the same of the place from which this was reached, by a jump
                          * of the root: its own frame is gone */
    bool is_call_known;  /* `calls` stands */
    uint32_t root_at;    /* the root is this frame of the chain, and none is above */
    bool is_below_root;  /* the root is in the chain or above */
    bool is_cut;         /* the path's outermost callers are unknown */
    bool is_own_stack;   /* it begins in libc, as those of threads and coroutines */
    bool is_start_code;  /* on the path there is nothing else so far */
    bool is_after_start; /* libc's start code has called this, or what has */
    uint8_t start_depth; /* frames on it from the program's _start on, if only libc
                          * came since; 0: it is not so */
    bool is_shown;
};

struct builder {
    struct tree_process *process;
    const struct snapshot *snapshot;
    struct symbols *symbols;
    const struct tree_options *options;
    bool is_main_root;   /* the root is what libc's start code calls */
    bool follows_jumps;  /* the second time: roots are looked for that have ended in a jump */
    bool has_outside;    /* there are hits that may lie below such a one */
    bool has_inner_main; /* main was called by what the start code has called in its place */
    struct module_name *modules;
    struct site *sites;
    size_t *threads; /* snapshot's threads[] -> process's threads[] */
    struct children children;
    uint32_t *leaves; /* by hash of caller and name: recorded leaves; NULL until they are needed */
    size_t leaf_capacity;
    struct tree_node leaf_names; /* below it each different leaf is once; not shown */
};

#endif
