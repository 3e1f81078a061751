/*
 * unwind.h - steps from a frame to its caller's.
 *
 * The rule of an address is read from the unwind tables once, and kept in a table of the thread. A
 * compact rule depends only on (pc, sp, fp) and at most three words of memory. It reports these
 * words, so that stack.c can later compare them to prove that the step is still valid. A step that
 * has no compact rule uses all callee-saved registers (unwind_general.c), and reports a word that
 * never compares equal.
 */
#ifndef UNWIND_H
#define UNWIND_H

#include "walk/unwind_state.h"

/* Whether a step depends on the frame's fp, and whether it reports the caller's. If nothing depends
 * on rbp, it is an ordinary register there, and its value is not a part of the walk. */
enum unwind_fp_use {
    FP_UNUSED = 0,
    FP_USED = 1,           /* it depends on fp */
    FP_USED_BY_CALLER = 2, /* it depends on fp if the caller's step does */
    FP_REPORTED = 4,       /* a flag: the last word that the step reports is the caller's fp */
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

/* The rule for the frame `state`. It is valid until the next call. Async-signal-safe. */
const struct unwind_rule *unwind_find_rule(struct unwind *unwind, const struct unwind_state *state);

/* Replaces *state by its caller's frame. words[0..*count) are the words that were read for it, at
 * most UNWIND_WORDS_MAX. After a step *count is never 0. If the caller's address is 0, it returns
 * UNWIND_END with these words, and state->sp is where the frame ends. */
enum unwind_result unwind_step(struct unwind *unwind, const struct unwind_rule *rule,
    struct unwind_state *state, struct unwind_word *words, unsigned *count);

#endif
