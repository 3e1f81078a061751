/*
 * unwind_state.h - the data of a thread's unwinder: frames, words, rules.
 */
#ifndef UNWIND_STATE_H
#define UNWIND_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trace_format.h"
#include "walk/cfi.h"

struct segment;

/* The state of a frame: its program counter, stack pointer and frame pointer. */
struct unwind_state {
    uint64_t pc, sp, fp;
    uint64_t is_interrupted; /* 1: pc is an instruction that a signal interrupted, else 0 */
};

/* A word of memory that a step has read. */
struct unwind_word {
    const uint64_t *address;
    uint64_t value;
};

#define UNWIND_WORDS_MAX 3

enum unwind_rule_kind {
    RULE_CFA_SP,        /* CFA = sp + cfa_offset */
    RULE_CFA_FP,        /* CFA = fp + cfa_offset */
    RULE_CFA_AT_FP,     /* CFA = the word at fp + cfa_offset (stack realigned by gcc) */
    RULE_PLT,           /* CFA = arch_plt_cfa */
    RULE_SIGNAL,        /* a signal frame: the registers are in the ucontext at sp */
    RULE_END,           /* it has no caller */
    RULE_FRAME_POINTER, /* no tables for this code: uses fp, if it looks like a frame pointer */
    RULE_GENERAL,       /* not a compact rule */
    RULE_NOWHERE,       /* there is no code: the step that led here was wrong */
};

enum unwind_rule_fp {
    RULE_FP_SAME,   /* the caller's fp is still in fp */
    RULE_FP_AT_CFA, /* saved at CFA + fp_offset */
    RULE_FP_AT_FP,  /* saved at fp + fp_offset */
};

/* 32 bytes: two to a cache line. */
struct unwind_rule {
    uint64_t key;     /* address, kind of address, generation; 0: empty */
    uint64_t address; /* of the frame in its module's file, or at run time if in no file */
    int32_t cfa_offset, fp_offset;
    trace_index module; /* 0: in no file */
    uint8_t kind;       /* enum unwind_rule_kind */
    uint8_t fp;         /* enum unwind_rule_fp */
    uint8_t kept; /* how many words below the CFA are in use; the first is the return address */
    bool is_hidden : 1;   /* the trampoline's frame, or the code to which a signal handler returns:
                             not shown */
    bool is_untabled : 1; /* its caller is found by frame pointer */
};

#define UNWIND_SETS 1024 /* of two rules each, which share a cache line */

/* One thread's unwinder (one for each level of signal handlers that interrupt our code). */
struct unwind {
    struct segment *segment;
    const uint64_t *saved;           /* ARCH_SAVED registers of the leaf's caller */
    const struct unwind_state *from; /* where the walk began: the leaf's caller */
    uint64_t readable, readable_end; /* stack memory known to be readable */
    uint64_t main_end;               /* end of the main thread's own stack; in other threads 0 */
    uint32_t generation;             /* of the rules: see modules_generation */
    struct unwind_rule rules[UNWIND_SETS][2] __attribute__((aligned(64)));
    /* The program's stack may have no room for these. */
    struct cfi_work cfi;
    struct arch_vectors vectors;
};

enum unwind_result {
    UNWIND_STEPPED,
    UNWIND_END,     /* `state` is the outermost frame */
    UNWIND_LOST,    /* the caller cannot be found */
    UNWIND_NOWHERE, /* `state` is not a frame, and the right one cannot be found */
};

#endif
