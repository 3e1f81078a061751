/*
 * summary.h - what is said of a run outside of its trees.
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

/* Processes in which the root that was asked for was never met. What they have hit was not asked
 * for: they have one line together, and no trees. */
#define SUMMARY_WITHOUT_ROOT 8
struct summary_without_root {
    size_t count;
    uint64_t hits, first_hits;                          /* of all of them, of the first */
    struct summary_process first[SUMMARY_WITHOUT_ROOT]; /* of them */
    bool is_first_shown; /* that one was written as a process, and is not one of them */
};

/* Processes of which there is nothing to say but that they have no hits. A script can have
 * thousands. The first few are written as other processes are; these are the others. */
#define SUMMARY_QUIET       3
#define SUMMARY_QUIET_NAMES 5
struct summary_quiet {
    size_t count;                     /* also of the first few */
    char *names[SUMMARY_QUIET_NAMES]; /* of the others, each once; malloc'ed */
    size_t name_count;
    bool has_other_names;
};

/* A file whose functions are shown as addresses. */
struct summary_nameless {
    const char *path, *problem; /* the caller's */
};

/* A program that was executed and is not traced. */
struct summary_untraced {
    const char *path, *why; /* the caller's; `why` is a phrase */
    bool is_interpreter;    /* that is so of its interpreter */
    uint64_t count;         /* of the executions */
};

/* A leaf that was asked for by name but not hit. */
struct summary_unhit {
    const char *name;   /* as it was asked for */
    size_t functions;   /* that it names; 0: no file that was loaded has such a one */
    bool is_pattern;    /* it can name several */
    bool may_be_missed; /* there is none, but libraries were loaded that could not be hooked */
    const char *why;    /* none of them can be hooked; NULL: one can */
    bool is_refused;    /* in any way, not only at its entry */
};

/* An object of zeroes is empty. */
struct report_summary {
    struct summary_without_root without_root;
    struct summary_quiet quiet;
    struct summary_nameless *nameless;
    size_t nameless_count, nameless_room;
    struct summary_process *running; /* without a hit so far; those with one say it themselves */
    size_t running_count, running_room;
    struct summary_untraced *untraced; /* those that were executed most often first */
    size_t untraced_count, untraced_room;
    uint64_t untraced_more; /* executions of others, without a name */
    struct summary_unhit *unhit;
    size_t unhit_count, unhit_room;
};

/* What there is no memory for is left out. */
void summary_add_without_root(struct report_summary *summary, const struct tree_process *process);

/* Whether the process is not to be written, being one of the quiet ones, and not of the first. */
bool summary_takes_quiet(struct report_summary *summary, const struct tree_process *process);

void summary_add_nameless(struct report_summary *summary, const char *path, const char *problem);
void summary_add_running(struct report_summary *summary, const char *name, int pid);
void summary_add_untraced(struct report_summary *summary, const struct summary_untraced *untraced);
void summary_add_unhit(struct report_summary *summary, const struct summary_unhit *unhit);
void summary_finish(struct report_summary *summary);

#endif
