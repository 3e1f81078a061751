/*
 * now.h - what the threads of a run wait for at one moment: now, or when they ended.
 */
#ifndef REPORT_NOW_NOW_H
#define REPORT_NOW_NOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct deadlocks;
struct report;
struct task_groups;
struct view;

/* What a thread does that is in no call of a leaf. */
enum now_state {
    NOW_RUNS,    /* it runs, or could; or it has run meanwhile */
    NOW_SLEEPS,  /* it sleeps in the kernel, and has not run meanwhile */
    NOW_BLOCKED, /* the same, and no signal wakes it: mostly input and output */
    NOW_STOPPED, /* by a signal, or by a debugger */
    NOW_STATES
};

/* Such threads that are one for a reader. */
struct now_threads {
    enum now_state state;
    char name[16];    /* of the first one; with # for digits where several differ in them */
    char where[32];   /* NOW_SLEEPS, NOW_BLOCKED: the kernel's function, or empty */
    const char *kind; /* of their processes */
    int pid, tid;     /* of the first one */
    bool is_main;     /* it is the main thread of its process, and so are the others */
    size_t count;
    uint64_t cpu_percent; /* the sum of what they took while they were looked at; more than 100 with
                           * several */
    bool has_cpu;         /* that is known */
};

struct now {
    const char *name;        /* of the program; NULL: not known */
    int pid;                 /* its process id; 0: not known */
    uint64_t wall_ns;        /* how long it has run, or ran; 0: not known */
    bool is_running;         /* this is what they do now; else what they did last */
    bool has_ended;          /* the program itself; processes that it has begun go on */
    uint64_t at_ns;          /* CLOCK_MONOTONIC at that moment; 0: each process has its own */
    size_t processes;        /* that are running, or that had traces */
    bool is_all;             /* nothing is left out: idle calls are like others */
    bool is_brief;           /* idle calls are only counted */
    bool places;             /* a line for each function, with its place in the source */
    size_t lines;            /* how many different waits are shown; SIZE_MAX: all */
    uint64_t min_ns;         /* no shorter ones */
    const struct view *view; /* of the open calls: see trace/open/keep.h */
    const struct deadlocks *deadlocks; /* NULL: none */
    const struct task_groups *tasks;   /* of asynchronous runtimes; NULL: none */
    const struct now_threads *threads; /* in no call */
    size_t thread_count;
};

/* Writes it as text, of lines that are not wider than the terminal. */
void now_text_print(const struct report *report, const struct now *now);

/* Writes it as JSON (docs/formats.md). The view must have a group for each thread, and call sites
 * apart. */
void now_json_print(const struct report *report, const struct now *now);

#endif
