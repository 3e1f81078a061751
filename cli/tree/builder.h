/*
 * builder.h - what the builder knows while it makes a tree.
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

/* What a module's name says about it. */
struct module_name {
    const char *base;   /* files at one path have it at one address */
    bool is_ours;       /* the tool's own library or interposer: never shown */
    bool is_start_code; /* threads begin in it before their first function: libc, ld.so */
    bool is_libc;
};

/* The builder's data for one recorded node. */
struct site {
    const struct symbol_chain *chain; /* for a frame; NULL until its names are needed */
    struct tree_node *below;          /* the nodes that it called become children of this one */
    uint32_t root_at;                 /* the root is this frame of the chain, and not above */
    uint8_t start_depth;    /* how many frames from the program's _start to this one, if only libc's
                             * frames follow it; 0: otherwise */
    bool is_below_root : 1; /* the root is in the chain or above */
    bool is_cut : 1;        /* the path's outermost callers are unknown */
    bool is_own_stack : 1;  /* its stack begins in libc, like those of threads and coroutines */
    bool is_start_code : 1; /* the path consists of start code so far */
    bool is_after_start : 1; /* libc's start code has called this function or one of its callers */
    bool is_shown : 1;
};

/* The same, if roots that have ended in a jump are looked for. */
struct jump_site {
    const char *calls;  /* the root's name, if the call at this place has entered the root; "": it
                         * is main, whose name is not known */
    const char *jumped; /* like `calls`, for the place from which a jump of the root led here; the
                         * root's own frame is gone */
    bool is_call_known; /* `calls` is set */
};

/* The outermost call of a leaf in the tree of a thread that had not returned at the end. */
struct open_call {
    const struct snapshot_node *node; /* its leaf in the snapshot; NULL: there is none */
    const struct tree_node *leaf;     /* the same in the tree */
    uint64_t open_ns;                 /* since its entry */
};

/* The nodes of one thread in the snapshot. */
struct node_range {
    size_t first, end;
    bool is_counted; /* the process's sums have the thread's tree */
};

#define REMEMBERED 256 /* a power of two */

/* Looks at one thread after the other: `thread` and what follows it are of this one. */
struct builder {
    struct tree_process *process;
    const struct snapshot *snapshot;
    struct symbols *symbols;
    struct tree_options options;
    bool is_main_root;   /* the root is the function that libc's start code calls */
    bool follows_jumps;  /* second time: also looks for roots that have ended in a jump */
    bool has_outside;    /* there are hits that may lie below such a root */
    bool has_inner_main; /* a function that the start code called in place of main has called
                          * main */
    bool keeps_trees;    /* of all threads */
    struct module_name *modules;
    struct {
        const struct symbol_chain *chain;
        uint32_t root_at;        /* as in struct site */
    } remembered[REMEMBERED];    /* threads that do the same have the same chains */
    struct node_range *ranges;   /* of each of the process's threads[] */
    size_t largest;              /* nodes of the largest one */
    struct children names;       /* has each different leaf once ... */
    struct tree_node leaf_names; /* ... as a child of this; not shown */
    struct tree_thread *shown;   /* whose tree is there; NULL: none, or all */

    struct tree_thread *thread; /* NULL: none so far */
    size_t first, end;          /* its nodes in the snapshot */
    struct site *sites;         /* of these nodes */
    struct jump_site *jumps;    /* likewise; NULL unless follows_jumps */
    struct children children;
    struct open_call open;
    uint32_t *leaves; /* hash table of recorded leaves by caller and name; NULL until needed */
    size_t leaf_capacity;
};

/* The data of a node, given by its index in the snapshot, of the thread. */
static inline struct site *builder_site(const struct builder *builder, size_t node)
{
    return &builder->sites[node - builder->first];
}

/* Returns the name of the root from which a jump led to the node, or NULL. */
static inline const char *builder_jumped(const struct builder *builder, size_t node)
{
    return builder->jumps ? builder->jumps[node - builder->first].jumped : NULL;
}

#endif
