/*
 * tree.h - the tree that a report shows.
 *
 * Takes snapshots (addresses) and symbols (names), and makes the tree that a report shows: inlined
 * functions are separate nodes, equal lines under one parent are one node, siblings stand in the
 * order in which they were first executed, and the tool's own frames are removed. Hits outside of
 * the root are counted; those from before and after main are in trees of their own.
 */
#ifndef TREE_TREE_H
#define TREE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ages.h"
#include "trace/usage.h"

struct labels;
struct snapshot;
struct snapshot_object_calls;
struct builder;
struct histogram;

/* What a leaf has counted, as in struct snapshot_leaf. */
struct tree_leaf {
    uint64_t hits, returns, total_ns, longest_ns, entered_ns;
    struct ages ages; /* of the calls that have not returned: see snapshot_keep_open */
    const struct histogram *durations; /* of the calls that were left; NULL: not known */
};

/* A node: a place in a function from which the next one was called, or a leaf; a leaf has children
 * if other leaves were hit within it. */
struct tree_node {
    struct tree_node *parent, *first_child, *last_child, *next_sibling;
    const char *function;     /* demangled; for a leaf its name; NULL: unknown */
    const char *linkage_name; /* or NULL */
    const char *file;         /* NULL: unknown */
    int line, column;         /* 0: unknown */
    const char *module; /* base name of the file, at one address for each path; NULL: the code is in
                         * no file */
    uint64_t address;   /* in the module's file, or at run time if it is in no file */
    bool is_inlined, is_leaf, is_interrupted;
    bool is_gone;   /* it has jumped on to the node below: `file`, `line` and `column` are the place
                     * from which it was called, `module` is NULL if it is not known, and `address`
                     * is 0 */
    bool is_phase;  /* no function: its name, "before main" or "after main", says when all below it
                     * was called */
    uint32_t flags; /* TRACE_CUT, TRACE_LOST_TRACK, TRACE_BY_FRAME_POINTER */
    struct tree_leaf *leaf; /* of a phase, the sums of what is below it, with the call that is open:
                             * `hits` and `total_ns`; NULL for any other node that is no leaf */
};

/* What calls of a leaf have waited for. */
struct tree_object {
    const struct tree_node *leaf;
    const char *kind, *text, *general; /* as in struct object_text, and of the same lifetime */
    uint64_t space;
    bool is_rest;           /* objects that are not known one by one */
    uint64_t hits, returns; /* those of a leaf's objects never add up to more than the leaf's */
    uint64_t total_ns;      /* likewise */
    uint64_t longest_ns;
    struct ages ages; /* as in struct tree_leaf */
    const struct snapshot *snapshot;
    const struct snapshot_object_calls *calls; /* those with the open call, or the longest one */
    int holder; /* of these calls: see struct snapshot_object_calls */
    char *note; /* of these calls, as labels_note returns it; NULL: none, or it is not wanted */
};

struct tree_thread {
    int tid;
    const char *name;
    uint32_t successors; /* number of later threads that continued this tree */
    bool is_main;
    bool is_fibers;          /* no thread: all fibers that are suspended */
    uint64_t ran_ns, cpu_ns; /* as in struct snapshot_thread */
    struct tree_node *top;   /* a node without content above the trees; NULL: it
                              * is not there, see tree_show */
    bool has_root;           /* the root was called in this thread */
    uint64_t hits;           /* in the tree */
    uint64_t outside_hits;   /* outside of the root, in no tree */
    uint64_t total_ns; /* of the hits in the tree; a leaf within a leaf is not counted twice */
    /* The same, and the time of the call that had not returned at the end of the process, or when
     * the snapshot was taken, from its entry on. A call that is open, but after which the thread
     * has hit something outside of it, was left by a jump, nobody knows when: it adds nothing. */
    uint64_t waiting_ns;
    const struct tree_node *open_leaf; /* the leaf with that call, or NULL */
    uint64_t open_ns;                  /* how long it has lasted */
    struct tree_object *objects;       /* sorted by leaf, and of one leaf the heaviest first; for
                                        * tree_objects_of */
    size_t object_count, object_room;
};

#define TREE_UNHOOKED_NAMES 5

/* The leaves of one process that were not hooked for the same reason. */
struct tree_unhooked {
    const char *why;
    uint32_t count;
    bool is_linked;                         /* calls from other files are still seen */
    const char *names[TREE_UNHOOKED_NAMES]; /* of the first leaves; NULL: no more are known */
};

/* Calls of a leaf without a time, because a jump entered it: see snapshot_untimed. */
struct tree_untimed {
    const char *leaf; /* NULL: there are no more */
    uint64_t calls;
};

#define TREE_UNTIMED 8

/* Where the snapshot of equal calls of the root was cut out of that of their process. */
struct tree_origin {
    const struct snapshot *whole;
    const uint32_t *leaves; /* by node: the node of the whole if it is a leaf with all of its hits
                             * in these calls, so that it waited for the same; else SNAPSHOT_NONE */
    uint64_t calls;         /* number of these calls */
};

struct tree_process {
    int pid, parent_pid;
    bool forked, has_times, is_first, is_running;
    uint32_t unhooked; /* number of leaves that should have been hooked at their entry but were
                        * not */
    struct tree_unhooked *unhooked_groups;
    size_t unhooked_group_count;
    bool has_clock_stopped; /* as in struct snapshot */
    bool has_unmapped;      /* likewise */
    const char *program;    /* path */
    const char *command;
    const char *title; /* the title that the process has given itself; "": none */
    /* The program that the same process executed before; NULL: none is known. */
    const char *former_program, *former_command;
    uint64_t start_ns, taken_ns;
    struct process_usage usage;  /* as in struct snapshot */
    uint64_t waiting_ns;         /* the sum over all threads */
    struct tree_thread *threads; /* the main thread first, the others in the order of their first
                                  * hits */
    size_t thread_count;
    bool root_found;         /* in any thread */
    const char *root_caller; /* a function into which a call of the root was inlined, or NULL */
    bool is_root_implied;    /* main has ended in a jump, and its name is not known: the tree begins
                              * with the function that took its place */
    uint64_t hits, outside_hits;
    size_t leaf_count;                         /* number of different leaves in the trees */
    size_t node_count;                         /* number of nodes in the trees */
    struct tree_untimed untimed[TREE_UNTIMED]; /* of these leaves */
    uint64_t others_untimed;                   /* of all other leaves */
    uint64_t unseen_calls, deep_calls;         /* as in struct snapshot */
    uint64_t losses[8];                        /* as in struct snapshot */
    uint64_t malformed;
    /* Makes the tree of threads[thread]: see tree_show. NULL: all trees are there. */
    int (*show)(struct builder *builder, size_t thread);
    struct builder *builder;
};

/* Makes the tree of threads[thread], its `top`, if it is not there, and removes the one that was
 * there before. Returns 0 or -ENOMEM; then there is none. */
static inline int tree_show(const struct tree_process *process, size_t thread)
{
    return process->show ? process->show(process->builder, thread) : 0;
}

struct tree_options {
    const char *root;     /* a function's plain or demangled name, see name_matches */
    bool root_is_default; /* the user did not choose the root: other threads are shown from their
                           * first function, and paths whose outermost callers are unknown from the
                           * first known one */
    /* Returns whether nobody asked for this leaf by name. Such a leaf is omitted if another leaf
     * calls it from its body each time (usleep calls nanosleep). NULL: no leaf is omitted. */
    bool (*is_implied)(const void *argument, const char *leaf);
    const void *argument;
    bool is_one_call;      /* all hits of the snapshot are in one call of the root */
    bool is_innermost;     /* a call of the root within another one is one of its own */
    struct labels *labels; /* of the objects that were waited for; NULL: these are left out */
    bool wants_notes;      /* of the objects */
    const struct tree_origin *origin; /* of a snapshot with is_one_call; else NULL */
};

#endif
