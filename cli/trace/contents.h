/*
 * contents.h - what a snapshot consists of.
 */
#ifndef TRACE_CONTENTS_H
#define TRACE_CONTENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ages.h"
#include "base/file_identity.h"
#include "base/histogram.h"
#include "base/sum.h"
#include "trace/objects.h"
#include "trace/tasks/task.h"
#include "trace/usage.h"

#define SNAPSHOT_NONE UINT32_MAX /* "no such index" */

struct snapshot_module {
    const char *path; /* never NULL */
    struct file_identity identity;
};

struct snapshot_thread {
    int tid; /* 0: all suspended fibers: see open_calls_split */
    char name[16];
    uint64_t first_ns;   /* CLOCK_MONOTONIC */
    uint32_t successors; /* number of later threads that continued its tree */
    /* Of it and its successors, from the start to the end, or to that of the process; of a process
     * that is running, until lifetimes_find. 0: not known. */
    uint64_t ran_ns, cpu_ns;
    uint64_t begun_ns; /* CLOCK_MONOTONIC; 0: it has ended, or its start is not known */
};

enum snapshot_kind { SNAPSHOT_FRAME, SNAPSHOT_INTERRUPTED, SNAPSHOT_LEAF };

/* A node of the tree as it was recorded: see trace_format.h. `caller` is smaller than the node's
 * own index, so callers come before the nodes that they called, and siblings stand in the order in
 * which they were first executed. The nodes of a thread stand together. There may be millions, most
 * of them frames: what only leaves have is in a struct snapshot_leaf. */
struct snapshot_node {
    const char *within; /* the leaf, called from `caller`, in which this node is: a frame that the
                         * leaf's hook has called, or a leaf to which it has jumped; NULL: none */
    union {
        uint64_t address; /* frame: return address (INTERRUPTED: the instruction itself), as an
                           * address in the module's file, or at run time if in no file */
        uint32_t leaf;    /* leaf: index in leaves[] */
    };
    uint32_t caller; /* index in nodes[], or SNAPSHOT_NONE: outermost */
    uint32_t thread; /* index in threads[] */
    uint32_t module; /* frame: index in modules[], or SNAPSHOT_NONE: in no file (JIT) */
    uint8_t kind;    /* enum snapshot_kind */
    uint8_t flags;   /* frame: TRACE_END_OF_STACK and so on */
};

/* What a leaf has counted. */
struct snapshot_leaf {
    const char *name;           /* never NULL */
    uint64_t hits;              /* calls entered */
    uint64_t returns;           /* calls left; never more than hits */
    uint64_t total_ns;          /* time of the calls left */
    uint64_t longest_ns;        /* the longest of them */
    uint64_t entered_ns;        /* CLOCK_MONOTONIC when it was last entered */
    struct ages ages;           /* of the calls that have not returned: see snapshot_keep_open */
    struct histogram durations; /* of the calls left; without calls: not known */
    uint32_t record;            /* its place in the trace; 0: not known */
    bool is_switch; /* it switches to another stack; not saved, open calls have an owner */
};

struct snapshot_call_leaf {
    uint32_t node;     /* index in nodes[], of a leaf in the call's thread */
    uint64_t hits;     /* in each of the calls */
    uint64_t total_ns; /* in all of them; for an open call, so far */
};

/* Calls of the root in one thread that hit the same leaves equally often: see trace_format.h. */
struct snapshot_call {
    uint32_t thread; /* index in threads[] */
    struct snapshot_call_leaf *leaves;
    size_t leaf_count;
    uint64_t count;                /* number of calls, at least 1 */
    uint64_t total_ns, longest_ns; /* of the calls that have ended */
    uint64_t jumped;               /* number of calls that were left by a jump; their time is not
                                    * known */
    uint64_t entered_ns;           /* CLOCK_MONOTONIC when the first one began */
    bool is_open;                  /* one call, which had not ended yet */
    bool is_rest;                  /* calls whose leaves were not kept */
    bool is_incomplete;            /* hits are missing */
};

/* Whose a call is that has not returned. */
enum open_owner {
    OPEN_THREAD, /* the thread's that made it */
    OPEN_FIBER,  /* a fiber's, which is suspended: its stack has switched to another one */
    OPEN_NOBODY, /* it has switched to another stack, and is no fiber: a thread has begun to run
                  * fibers, or the fiber has ended */
};

/* A call that has not returned, of which there is a record: a thread that had no room for one has
 * calls that are only counted. */
struct snapshot_open_call {
    uint32_t node;     /* index in nodes[], of a leaf */
    uint32_t object;   /* for what it waits: index in objects.list[], or OBJECTS_NONE */
    uint64_t since_ns; /* CLOCK_MONOTONIC; 0: not known */
    uint64_t key;      /* the address of its frame, which tells on which stack it is */
    int tid;           /* of the thread that made it; 0: that of its node */
    enum open_owner owner;
};

/* What the value of an argument is; as enum trace_value_form, and in redacted files the last one.
 */
enum snapshot_value_form {
    SNAPSHOT_VALUE_UNKNOWN,
    SNAPSHOT_VALUE_SIGNED,
    SNAPSHOT_VALUE_UNSIGNED,
    SNAPSHOT_VALUE_POINTER,
    SNAPSHOT_VALUE_HIDDEN, /* a number that stands for it */
};

/* Calls of the root in one thread with one value of an argument: see trace_format.h. */
struct snapshot_value {
    uint32_t thread;                   /* index in threads[] */
    uint8_t form;                      /* enum snapshot_value_form */
    uint64_t value;                    /* if it is not the rest */
    struct snapshot_call_leaf *leaves; /* hits and times of all calls; a leaf can be there twice */
    size_t leaf_count;
    uint64_t count, ended;         /* number of calls, and of those that have ended */
    uint64_t jumped;               /* number of calls that were left by a jump */
    uint64_t total_ns, longest_ns; /* of the other calls that have ended */
    bool is_rest;                  /* all values that were not kept */
    bool is_incomplete;            /* hits are missing */
};

/* Calls of a leaf without a time, because a jump entered it: its stack arguments could not be
 * copied. The list may have a leaf more than once. */
struct snapshot_untimed {
    const char *leaf;
    uint64_t calls;
};

/* A program that was executed but is not traced. */
struct snapshot_untraced {
    const char *path; /* as it was executed; never NULL */
    uint32_t reason;  /* for snapshot_untraced_text */
    uint64_t count;   /* at least 1 */
};

#define SNAPSHOT_UNHOOKED       8
#define SNAPSHOT_UNHOOKED_NAMES 5

/* Leaves that should have been hooked at their entry but were not. */
struct snapshot_unhooked {
    const char *why;
    uint32_t count;
    bool is_linked;                          /* calls from other files are still seen */
    char names[SNAPSHOT_UNHOOKED_NAMES][48]; /* of the first leaves, each ends in NUL; empty: no
                                              * more are known */
};

struct snapshot {
    int pid, parent_pid;
    bool forked; /* a forked child that did not exec */
    bool has_times;
    bool is_first;   /* set by the caller: the program itself, a child of the tool */
    bool is_running; /* set by the caller: it has not ended */
    struct snapshot_unhooked unhooked[SNAPSHOT_UNHOOKED];
    bool has_clock_stopped;    /* the program forbade reading the clock: later calls have no time */
    bool has_missed_libraries; /* libraries were loaded that could not be hooked */
    bool has_unmapped; /* the program unmapped the trace, or mapped over it: hits are missing */
    struct process_usage usage; /* set by lifetimes_find */
    struct usage_record own;    /* what the process said of that */
    uint64_t start_ns;          /* CLOCK_MONOTONIC */
    uint64_t taken_ns;   /* CLOCK_MONOTONIC when the snapshot was taken; 0, set by the caller: the
                          * process had ended at an unknown time before */
    uint64_t listed_ns;  /* CLOCK_MONOTONIC when open calls were about to be read, before all else;
                          * 0: not known */
    const char *program; /* path of the executable; never NULL */
    const char *command; /* its command line; never NULL, may be empty */
    char title[120];     /* text that it has written over its arguments; empty: none */
    uint64_t birth;      /* identifies the process together with its id; 0: not known */
    /* Set by the caller: the program that this process executed before, or NULL. */
    const struct snapshot *former;
    struct snapshot_module *modules;
    size_t module_count;
    struct snapshot_thread *threads; /* in order of their first hit */
    size_t thread_count;
    struct snapshot_node *nodes;
    size_t node_count;
    struct snapshot_leaf *leaves; /* one for each node that is a leaf */
    size_t leaf_count;
    uint64_t *duration_counts; /* of the histograms of all leaves; NULL: they are somebody else's */
    struct snapshot_call *calls; /* in the order of the first ones, if each call was to have its own
                                  * tree */
    size_t call_count;
    struct snapshot_call_leaf *call_leaves; /* of all calls */
    struct snapshot_open_call *open_calls;  /* sorted by node, the latest ones of a node first; a
                                             * leaf  has at most as many as hits without a return */
    size_t open_call_count;
    struct snapshot_value *values; /* if calls were told apart by an argument */
    size_t value_count;
    struct snapshot_call_leaf *value_leaves; /* of all values */
    struct objects objects;
    struct snapshot_task *tasks; /* of asynchronous runtimes */
    size_t task_count;
    uint64_t lost_turns; /* of tasks for which the trace had no room */
    struct snapshot_untimed *untimed;
    size_t untimed_count;
    uint64_t unseen_calls; /* of the root: a jump entered it, so it is not known where they ended */
    uint64_t deep_calls; /* of the root, within too many others: a part of the innermost of these */
    struct snapshot_untraced *untraced; /* programs that this process has executed, or children of
                                         * it that had no trace yet */
    size_t untraced_count;
    uint64_t untraced_more; /* number of executed programs whose names are not in that list */
    uint64_t losses[8];     /* hits that are in no tree, by enum trace_loss */
    uint64_t malformed;     /* records that were omitted because they were inconsistent */
};

/* Returns the time until which calls of the process were open, CLOCK_MONOTONIC; 0: not known. */
static inline uint64_t snapshot_end_ns(const struct snapshot *snapshot)
{
    const struct process_usage *usage = &snapshot->usage;
    return usage->wall_ns ? add_clamped(usage->begun_ns, usage->wall_ns) : snapshot->taken_ns;
}

/* Returns whether the process has ended at a moment that nobody has seen. Then snapshot_end_ns is
 * the time of its last sign of life, which mostly is the beginning of a call. */
static inline bool snapshot_is_end_guessed(const struct snapshot *snapshot)
{
    const struct process_usage *usage = &snapshot->usage;
    return !snapshot->is_running && usage->wall_ns && !usage->is_known;
}

/* In another PID namespace processes and threads have other numbers: see trace_header.birth. */
static inline bool snapshot_has_own_numbers(const struct snapshot *snapshot)
{
    return snapshot->birth >> 32 != 0;
}

/* Returns what the node has counted, or NULL if it is no leaf. */
static inline const struct snapshot_leaf *snapshot_leaf_of(
    const struct snapshot *snapshot, const struct snapshot_node *node)
{
    return node->kind == SNAPSHOT_LEAF ? &snapshot->leaves[node->leaf] : NULL;
}

#endif
