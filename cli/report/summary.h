/*
 * summary.h - what a report says about a run besides its trees.
 */
#ifndef REPORT_SUMMARY_H
#define REPORT_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tree_process;

struct summary_process {
    char *name; /* malloc'ed; NULL: out of memory */
    int pid;
    bool is_running;
};

/* Processes that never called the root that the user named. The user did not ask for their hits, so
 * they get one line together, and no trees. */
#define SUMMARY_WITHOUT_ROOT 8
struct summary_without_root {
    size_t count;
    uint64_t hits, first_hits;                          /* of all these processes; of the first */
    struct summary_process first[SUMMARY_WITHOUT_ROOT]; /* the first of these processes */
    bool is_first_shown; /* the first was written as a process, so it is not in this list */
};

/* Processes without hits and without notes. A script can have thousands of them. The first few are
 * written like other processes; these are the others. */
#define SUMMARY_QUIET       3
#define SUMMARY_QUIET_NAMES 5
struct summary_quiet {
    size_t count;                     /* includes the first few */
    char *names[SUMMARY_QUIET_NAMES]; /* names of the others, each once; malloc'ed */
    size_t name_count;
    bool has_other_names;
};

/* A file whose functions are shown as addresses. */
struct summary_nameless {
    const char *path, *problem; /* the caller's */
};

/* A program that was executed but is not traced. */
struct summary_untraced {
    const char *path, *why; /* the caller's; `why` is a phrase */
    bool is_interpreter;    /* `why` is about its interpreter */
    uint64_t count;         /* number of executions */
};

/* A leaf that was named on the command line but not hit. */
struct summary_unhit {
    const char *name;   /* as the user wrote it */
    size_t functions;   /* how many functions it names; 0: no loaded file has one */
    bool is_pattern;    /* it can name several functions */
    bool may_be_missed; /* it names none, but libraries were loaded that could not be hooked */
    const char *why;    /* why none of them can be hooked; NULL: one can be */
    bool is_refused;    /* they cannot be hooked in any way, not only at their entry */
};

/* A zeroed object is empty. */
struct report_summary {
    struct summary_without_root without_root;
    struct summary_quiet quiet;
    struct summary_nameless *nameless;
    size_t nameless_count, nameless_room;
    struct summary_process *running; /* processes without a hit so far; the others are marked in
                                      * their own report */
    size_t running_count, running_room;
    struct summary_untraced *untraced; /* the most often executed first */
    size_t untraced_count, untraced_room;
    uint64_t untraced_more; /* executions of other programs, whose names are not known */
    struct summary_unhit *unhit;
    size_t unhit_count, unhit_room;
};

/* These omit what there is no memory for. */
void summary_add_without_root(struct report_summary *summary, const struct tree_process *process);

/* Returns whether the process must not be written: it is quiet, and not one of the first. */
bool summary_takes_quiet(struct report_summary *summary, const struct tree_process *process);

void summary_add_nameless(struct report_summary *summary, const char *path, const char *problem);
void summary_add_running(struct report_summary *summary, const char *name, int pid);
void summary_add_untraced(struct report_summary *summary, const struct summary_untraced *untraced);
void summary_add_unhit(struct report_summary *summary, const struct summary_unhit *unhit);
void summary_finish(struct report_summary *summary);

#endif
