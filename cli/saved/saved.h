/*
 * saved.h - a run in one file, from which its report can be printed at any time and on any machine.
 *
 * docs/formats.md describes the file.
 */
#ifndef SAVED_SAVED_H
#define SAVED_SAVED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct reader_memory;
struct snapshot;
struct symbols;

struct saved_run {
    const char *version; /* of the tool that has saved it */
    const char *machine; /* as `uname -m` */
    const char *root;    /* never NULL */
    bool root_is_default;
    unsigned each; /* as in struct options, also the next one */
    bool is_innermost;
    const char *by;      /* likewise */
    const char **leaves; /* the arguments of --leaf */
    size_t leaf_count;
    const char **command;    /* the program and its arguments; redacted: its base name */
    size_t word_count;       /* of command[], 0: not known */
    uint64_t begun_ns;       /* CLOCK_REALTIME; 0: not known */
    bool has_duration;       /* the next one is known */
    uint64_t duration_ns;    /* until the program's end */
    bool has_status;         /* the next one is known */
    int status;              /* as from waitpid(2) */
    int tool, program;       /* process ids; 0: not known */
    uint64_t hits;           /* in the report */
    uint64_t process_count;  /* those with a trace */
    uint64_t untraced_count; /* processes that could not make a trace file */
    bool is_redacted;
    bool is_running; /* processes of the run had not ended */
    bool is_period;  /* a part of the run: begun_ns and duration_ns are those of the period
                      * (trace/period/period.h) */
};

/* A leaf that was named on the command line but not hit, as in report/summary.h. */
struct saved_unhit {
    const char *name;
    uint64_t functions;
    bool is_pattern, may_be_missed, is_refused;
    const char *why; /* or NULL */
};

/* A process without a trace that was running. */
struct saved_running {
    int pid;
    const char *name; /* never NULL */
};

struct saved {
    struct saved_run run;
    struct snapshot **snapshots; /* with all that is set by the caller of snapshot_read */
    size_t snapshot_count;
    struct symbols *symbols;
    struct saved_unhit *unhit;
    size_t unhit_count;
    const char **implied; /* leaves that nobody has asked for by name */
    size_t implied_count;
    struct saved_running *running;
    size_t running_count;
    /* The rest is saved_read's own. */
    size_t snapshot_room;
    struct reader_memory *memory;
};

struct saved_options {
    bool redacts;   /* leaves out arguments, directories, and places in sources */
    uint64_t limit; /* in bytes */
};

/* Writes the file to `fd`; only what was looked up in `symbols` before is there without the files.
 * Returns 0 or -errno, -E2BIG if it would be larger than the limit. */
int saved_write(int fd, const struct saved *saved, const struct saved_options *options);

/* Tells `symbols` which files the processes have. */
void saved_expect_files(const struct saved *saved);

/* Looks up all places in the snapshots, so that they can be saved. */
void saved_find_names(const struct saved *saved);

/* Reads the file. Returns 0, or -errno with *why, a phrase with the reason (static string). Free it
 * with saved_finish, which does nothing to a zeroed object. */
int saved_read(int fd, struct saved *saved, const char **why);
void saved_finish(struct saved *saved);

/* The same, but only saved->run is read. */
int saved_read_run(int fd, struct saved *saved, const char **why);

/* Returns the base name of the program, as it was written on the command line. */
const char *saved_program(const struct saved_run *run);

/* Returns the number of nodes in all snapshots. */
uint64_t saved_count_nodes(const struct saved *saved);

/* Returns how long the program ran, or so far; 0: not known. */
uint64_t saved_wall_ns(const struct saved *saved);
bool saved_is_program_running(const struct saved_run *run);

/* Returns how long the part of the run is; 0: it is a whole run. */
uint64_t saved_period_ns(const struct saved_run *run);

/* Returns how long the program has run if it has not ended; 0: it has. */
uint64_t saved_so_far_ns(const struct saved *saved);

/* Returns whether nobody has asked for the leaf by name. */
bool saved_is_implied(const struct saved *saved, const char *leaf);

/* A run with a tree for each call of its root has no other root. Returns -EINVAL with *problem. */
int saved_refuse_root(const char *root, char **problem);

#endif
