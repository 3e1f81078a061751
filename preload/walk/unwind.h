/*
 * unwind.h - from one frame to the frame that called it.
 *
 * The rule of an address is read from the unwind tables once and kept in a table of the
 * thread. A compact rule is a function of (pc, sp, fp) and at most three words of memory,
 * which it reports, so that stack.c can later prove by comparing them that the step still
 * holds. What cannot be said compactly is stepped with all callee-saved registers
 * (unwind_general.c) and reports a word that never compares equal.
 */
#ifndef UNWIND_H
#define UNWIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "code/pad.h"
#include "trace_format.h"
#include "walk/cfi.h"
#include "x86_64/vectors.h"

struct segment;

/* A frame on its way: at `pc`, with stack pointer `sp` and rbp `fp`. */
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
    RULE_PLT,           /* CFA = sp + 8, and 8 more from the stub's 11th byte on */
    RULE_SIGNAL,        /* a signal frame: the registers are in the ucontext at sp */
    RULE_END,           /* nothing called it */
    RULE_FRAME_POINTER, /* no tables for this code: fp, if it looks like a frame's */
    RULE_GENERAL,       /* more than can be said here */
    RULE_NOWHERE,       /* no code is there: the step that led to it was wrong */
};

enum unwind_rule_fp {
    RULE_FP_SAME,   /* the caller's rbp is still in rbp */
    RULE_FP_AT_CFA, /* saved at CFA + fp_offset */
    RULE_FP_AT_FP,  /* saved at rbp + fp_offset */
};

/* 32 bytes: two to a cache line. */
struct unwind_rule {
    uint64_t key;     /* address, kind of address, generation; 0: an empty place */
    uint64_t address; /* of the frame in its module's file, or at run time if in none */
    int32_t cfa_offset, fp_offset;
    trace_index module;   /* 0: in no file */
    uint8_t kind;         /* enum unwind_rule_kind */
    uint8_t fp;           /* enum unwind_rule_fp */
    uint8_t kept;         /* so many words below the CFA are in use, the return address first */
    bool is_hidden : 1;   /* the trampoline's frame, or what a handler returns to: not shown */
    bool is_untabled : 1; /* its caller is found by frame pointer */
};

/* Whether a step depends on the frame's fp, and whether it reports the caller's. Where rbp is not
 * depended on, it is an ordinary register, and its value no part of the walk. */
enum unwind_fp_use {
    FP_UNUSED = 0,
    FP_USED = 1,           /* it does */
    FP_USED_BY_CALLER = 2, /* it does if the caller's step does */
    FP_REPORTED = 4, /* a flag: the last of the words that the step reports is the caller's fp */
};

static inline enum unwind_fp_use unwind_fp_use(const struct unwind_rule *rule)
{
    switch (rule->kind) {
    case RULE_CFA_SP:
    case RULE_PLT:
        if (rule->fp == RULE_FP_SAME)
            return FP_USED_BY_CALLER;
        return (rule->fp == RULE_FP_AT_FP ? FP_USED : FP_UNUSED) | FP_REPORTED;
    case RULE_CFA_FP:
    case RULE_CFA_AT_FP: return FP_USED | (rule->fp == RULE_FP_SAME ? 0 : FP_REPORTED);
    case RULE_FRAME_POINTER: return FP_USED | FP_REPORTED;
    case RULE_SIGNAL: return FP_REPORTED;
    case RULE_GENERAL: return FP_USED;
    default: return FP_UNUSED;
    }
}

#define UNWIND_SETS 1024 /* of two rules each, which share a cache line */

/* Where to look for the row of a frame: what was interrupted is at `pc`; what was called from is
 * at the call, not at what stands behind it, as a call may be a function's last instruction. */
static inline struct pad_place unwind_place(uint64_t pc, bool is_interrupted)
{
    return is_interrupted ? pad_place(pc) : (struct pad_place){.pc = pc - 1};
}

/* One thread's unwinder (one for each level of signal handlers in our own code). */
struct unwind {
    struct segment *segment;
    const uint64_t *saved;           /* rbx r12 r13 r14 r15 of the leaf's caller */
    const struct unwind_state *from; /* where the walk began: the leaf's caller */
    uint64_t readable, readable_end; /* stack memory known to be readable */
    uint64_t main_end;               /* of the main thread's own stack; in other threads 0 */
    uint32_t generation;             /* of the rules: see modules_generation */
    struct unwind_rule rules[UNWIND_SETS][2] __attribute__((aligned(64)));
    /* For which the program's stack may have no room. */
    struct cfi_work cfi;
    struct vectors_area vectors;
};

/* The rule for the frame `state`. It stays until the next call. Async-signal-safe. */
const struct unwind_rule *unwind_find_rule(struct unwind *unwind, const struct unwind_state *state);

enum unwind_result {
    UNWIND_STEPPED,
    UNWIND_END,     /* `state` is the outermost frame */
    UNWIND_LOST,    /* no way to tell who called it */
    UNWIND_NOWHERE, /* `state` is no frame at all, nor is there a way to tell what is */
};

/* Makes *state its caller's. words[0..*count) are what was read for that, at most
 * UNWIND_WORDS_MAX; count 0 after a step is impossible. Where the caller's address is 0, it is
 * UNWIND_END with these words, and state->sp is where the frame ends. */
enum unwind_result unwind_step(struct unwind *unwind, const struct unwind_rule *rule,
    struct unwind_state *state, struct unwind_word *words, unsigned *count);

/* Finds out now how far the stack at `sp` can be read. */
void unwind_learn_stack(struct unwind *unwind, uint64_t sp);

/* Reads a word of the stack if it can be read. */
bool unwind_read(struct unwind *unwind, uint64_t address, uint64_t *value);

/* unwind_general.c: steps from unwind->from to the frame `state` with all registers that the
 * tables speak of, and makes *state its caller's. */
enum unwind_result unwind_step_generally(struct unwind *unwind, struct unwind_state *state);

#endif
