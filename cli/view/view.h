/*
 * view.h - what a report shows of the trees of a run.
 *
 * A view is computed from the trees of all processes (tree/tree.h), which it does not change. The
 * passes, in this order, and what each does to the sums:
 *
 *   drop    paths, threads and processes that are not wanted are left out: the sums change
 *   merge   equal threads, processes and recursive calls become one, with their number
 *   hide    frames that say nothing are left out, what they called stays: the sums stay
 *   weigh   each node gets the time, the hits and the open calls of all that is below it
 *   sort    children by time, by hits, or in the order of their first execution
 *   cut     what matters is shown within a number of lines, the rest is counted: shown + counted is
 *           all
 *
 * Text in a view points into the snapshots and symbols that the trees were made of; these must
 * outlive the view, the trees need not. The name of the program's own file is the view's.
 */
#ifndef VIEW_VIEW_H
#define VIEW_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ages.h"
#include "base/histogram.h"

struct labels;
struct snapshot;
struct snapshot_object_calls;
struct tree_process;

enum view_kind {
    VIEW_TOP,     /* above the outermost functions of a group; no content */
    VIEW_FRAME,   /* a function, or with `sites` one of its call sites */
    VIEW_UNNAMED, /* a row of frames without names in one module */
    VIEW_LEAF,
};

/* Times are in nanoseconds. Those of parallel threads are added. */
struct view_node {
    struct view_node *parent, *first_child, *last_child, *next_sibling;
    enum view_kind kind;
    const char *function;     /* demangled; a leaf's name; NULL: unnamed */
    const char *linkage_name; /* or NULL */
    const char *shown_name;   /* a short form of `function`, the view's; NULL: there is none */
    const char *module;       /* base name; NULL: generated code, or a leaf */
    const char *file;         /* of the first place; NULL: unknown */
    int line, column;
    uint64_t address;      /* of the first place, as in struct tree_node */
    bool is_inlined;       /* in each place */
    bool is_gone;          /* it has jumped on to the node below; the place is that of its call */
    bool is_phase;         /* no function, but the time before or after main */
    bool is_interrupted;   /* by a signal, whose handler is below */
    bool has_gap;          /* frames between the parent and this are hidden */
    bool is_idle;          /* a leaf: it waits for work, not in work */
    bool is_cut;           /* the callers are not known */
    bool by_frame_pointer; /* in some place, the caller is guessed */
    bool is_one_place;     /* VIEW_UNNAMED: all were at this address */
    bool is_shown;         /* by the cut */
    bool has_rest;         /* the cut's: the children that are not shown have a line together */
    bool is_within;        /* the cut's: a leaf above has the time of leaves below it */
    uint32_t order;        /* of first execution, among all nodes */
    uint32_t frames;       /* VIEW_UNNAMED: how many, on the longest path */
    uint32_t depth;        /* how often the function is on one path, at most; 1: no recursion */
    uint32_t processes;    /* number of processes that were here */
    uint32_t threads;      /* likewise, the later owners of a tree included */
    int pid, tid;          /* of the first of them */
    uint32_t last_process; /* the builder's: the last of them */
    uint32_t last_thread;
    /* Of a leaf itself, or with `inverts` of an outermost caller. */
    uint64_t own_hits, own_ns, own_open, own_open_ns;
    uint64_t inner_ns, inner_idle_ns; /* of leaves below that are part of own_ns */
    /* Inclusive. A leaf within a leaf adds no time. */
    uint64_t hits, paths;
    uint64_t time_ns;            /* of calls that have ended, and of open ones so far; not idle */
    uint64_t idle_ns, idle_hits; /* of idle leaves */
    uint64_t longest_ns;         /* of one call */
    uint64_t open, open_ns;      /* calls that have not returned; the longest of them so far */
    /* Of the calls of a leaf itself that were left; NULL: not known, or no leaf. With `inverts`, of
     * the leaf with all its callers. */
    struct histogram *durations;
    struct ages own_ages; /* of the leaf's own open calls; see snapshot_keep_open */
    size_t shown_children;
    uint64_t hash; /* of the contents, without the parent */
};

/* Threads that are shown as one tree: the main threads of the processes of one kind (tree/kind.h),
 * or their threads whose names differ in digits only; or their suspended fibers. */
struct view_group {
    char *kind;        /* malloc'ed */
    char *program;     /* malloc'ed; its name */
    char *thread_key;  /* malloc'ed; the threads' name with # for digits; NULL: main threads */
    char *thread_name; /* malloc'ed; the name, where all have the same, else the key */
    bool is_fibers;    /* no threads: fibers that are suspended */
    int pid, tid;      /* of the first one */
    struct view_node *top;
    uint32_t processes, threads;
    uint32_t timed;          /* of how many of the threads the next two are known */
    uint64_t ran_ns, cpu_ns; /* their sums */
    uint32_t last_process;   /* the builder's */
};

/* A leaf in the table of leaves. */
struct view_leaf {
    const char *name;
    uint64_t hits, time_ns, idle_ns, longest_ns, open;
    uint64_t paths;
    struct histogram durations; /* of the calls that were left, as far as they are known */
};

/* What calls of a leaf have waited for. With `inverts`, those of all its callers. */
struct view_object {
    const struct view_node *node; /* the leaf */
    const char *kind, *text;      /* "file", "/var/log/x" */
    uint64_t space;               /* as in struct object_text */
    uint64_t hits, open, longest_ns;
    uint64_t time_ns; /* of calls that have ended, and of an open one so far; also if the leaf is
                       * idle. Those of a leaf never add up to more than the leaf has */
    uint64_t open_ns;
    struct ages ages; /* of the open calls, as own_ages */
    int holder;       /* of `calls`: the id of the thread that held the lock; 0: not known */
    bool is_rest;     /* objects that are not known one by one */
    bool is_shown;    /* it has a line */
    bool is_only;     /* it stands for the whole leaf: it is said behind the leaf's name */
    char *note; /* who held a lock, and so on, as labels_note returns it; the view's; NULL: none */
    const char *general;
    const struct snapshot *snapshot; /* of these calls: those with the open call, or the longest */
    const struct snapshot_object_calls *calls;
};

enum view_sort { VIEW_BY_TIME, VIEW_BY_ORDER, VIEW_BY_HITS };

struct view_patterns {
    const char *const *list; /* functions: a name, or a pattern, as for --leaf */
    size_t count;
};

/* A zeroed object is not the default: see view_options_default. */
struct view_options {
    struct view_patterns under, through, without, leaves, threads, processes; /* drop */
    struct view_patterns hide, merge, idle;                                   /* hide */
    bool no_idle;                                                             /* nothing is idle */
    bool internals;                                                           /* show them */
    bool places;           /* each node has a line of its own */
    bool sites;            /* call sites of a function apart, recursion as it was */
    bool full_names;       /* do not shorten them */
    bool every_name;       /* nodes that are not shown have a shown name, too */
    const char *ellipsis;  /* for what is left out of a name: "…" or "..." */
    struct labels *labels; /* of the objects that were waited for; NULL: none are shown */
    bool inverts;          /* leaves first, callers below */
    bool apart_threads, apart_processes;
    enum view_sort sort;
    size_t lines;       /* for the tree; SIZE_MAX: no limit */
    uint64_t min_ns;    /* nodes of which no call took so long are not shown */
    double min_percent; /* likewise, of all time or five times that of all hits */
    uint64_t period_ns; /* the trees are of a part of the run that is so long; 0: of all of it */
};

struct view {
    struct view_group *groups; /* in the order of first execution, or sorted */
    size_t group_count;
    struct view_leaf *leaves; /* the heaviest first */
    size_t leaf_count;
    struct view_object *objects; /* sorted by leaf, and of one leaf the heaviest first; for
                                  * view_objects_of */
    size_t object_count;
    bool has_times;
    uint64_t period_ns; /* as in struct view_options */
    uint64_t hits, paths, time_ns, idle_ns, idle_hits, open;
    uint32_t processes, threads;
    uint64_t dropped_hits;                             /* by `drop` */
    uint64_t cut_paths, cut_ns, cut_hits, cut_idle_ns; /* by `cut` */
};

extern const struct view_options view_options_default;

#endif
