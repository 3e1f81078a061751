/*
 * stack.h - the verified stack: walks to the outermost frame, re-using earlier walks.
 *
 * A walk is remembered as its frames and the words of stack memory from which each was
 * derived. A step outwards is a function of (pc, sp, fp) and those words alone, so where a
 * new walk begins at a frame that an earlier one knew, and the words are unchanged, all
 * that follows is the same, its nodes included: a hit costs a comparison of one or two words
 * a frame. A few walks are remembered, as programs alternate between paths.
 */
#ifndef STACK_H
#define STACK_H

#include <stdint.h>

#include "tree.h"
#include "unwind.h"

#define STACK_WALKS 32

/* Deeper stacks are cut: the innermost STACK_CUT_DEPTH frames are kept. */
#define STACK_DEPTH_MAX 10000
#define STACK_CUT_DEPTH 64

struct stack_frame {
    struct unwind_state state;
    trace_index node;
    uint32_t words : 30;       /* that many words of the walk lie further out than this frame */
    uint32_t needs_fp : 1;     /* state.fp decides how the walk goes on; else it may be outdated */
    uint32_t ignores_word : 1; /* the last word of the step from here, its caller's fp, is no
                                * matter */
};

/* Frames and words, outermost first. The last frame is where the walk began. */
struct stack_walk {
    struct stack_frame *frames;
    struct unwind_word *words;
    uint32_t depth, word_count;
    uint32_t capacity; /* in frames; UNWIND_WORDS_MAX times as many words */
    uint32_t last_used;
    uint32_t successor; /* the walk that was used after this one, the last time */
    /* The leaf last hit from here, and its node: tree_node is asked only when it changes. */
    trace_index leaf, leaf_node;
};

struct stack {
    struct tree tree;
    uint32_t generation;          /* as of modules_generation */
    uint32_t clock;               /* for last_used */
    uint32_t latest;              /* the walk that was used last */
    uint64_t starts[STACK_WALKS]; /* a hash of where each walk began; 0: none is there */
    struct stack_walk walks[STACK_WALKS];
    struct stack_walk fresh; /* a new walk while it is made, innermost frame first */
    struct unwind unwind;
};

/* Makes a zeroed stack ready for the thread whose THREAD record is `thread`. */
void stack_init(struct stack *stack, struct segment *segment, trace_index thread);

/* Takes the memory, and learns how far the stack at `sp` reaches, for walks and nodes to come
 * after system calls have been forbidden (kernel_is_forbidden). */
void stack_prepare(struct stack *stack, uint64_t sp);

/* Forgets what was remembered of walks and rules, but not the tree. */
void stack_forget(struct stack *stack);

/* Returns the node of leaf `leaf` (its LEAF_NAME record) called from the frame `from`, or 0
 * when there is no room. `saved` are rbx r12 r13 r14 r15 at that frame. Async-signal-safe, but
 * not re-entrant for one struct stack. */
trace_index stack_hit(
    struct stack *stack, const struct unwind_state *from, const uint64_t *saved, trace_index leaf);

/* The CFA of the frame from which the latest walk began; 0 if it is not known. */
static inline uint64_t stack_caller_cfa(const struct stack *stack)
{
    const struct stack_walk *walk = &stack->walks[stack->latest];
    return walk->depth > 1 ? walk->frames[walk->depth - 2].state.sp : 0;
}

#endif
