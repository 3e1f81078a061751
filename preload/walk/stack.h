/*
 * stack.h - the verified stack: walks to the outermost frame, and uses earlier walks again.
 *
 * A walk is remembered as its frames and the words of stack memory from which each was derived. A
 * step outwards depends only on (pc, sp, fp) and those words. So if a new walk reaches a frame of
 * an earlier one, and the words from there on are unchanged, all further frames are the same, and
 * so are their nodes: a hit costs a comparison of one or two words for each frame. A few walks are
 * remembered, because programs alternate between paths; for many more a hash of their words is kept
 * (walk_cache.h).
 */
#ifndef STACK_H
#define STACK_H

#include <stdbool.h>
#include <stdint.h>

#include "code/call_frame.h"
#include "trace/tree.h"
#include "walk/unwind.h"
#include "walk/walk_cache.h"

#define STACK_WALKS   32
#define STACK_DIGESTS 128

/* Deeper stacks are cut: only the innermost STACK_CUT_DEPTH frames are kept. */
#define STACK_DEPTH_MAX TRACE_DEPTH_MAX
#define STACK_CUT_DEPTH 64

/* For a frame that has made no call: a signal handler returns to it. */
#define STACK_KEPT_ALL UINT32_MAX

struct stack_frame {
    struct unwind_state state;
    trace_index node; /* 0: not known; the path may still have one */
    uint32_t kept;    /* unwind_rule.kept, or STACK_KEPT_ALL */
    union {
        struct tree_path path; /* from the outermost frame to this one */
        uint64_t word;         /* in a new walk that has no paths yet: tree_word of the frame */
    };
    uint32_t words;    /* how many words of the walk lie further out than this frame */
    bool is_hidden;    /* it has no node; its path is its caller's path */
    bool needs_fp;     /* the rest of the walk depends on state.fp; else state.fp may be outdated */
    bool ignores_word; /* the last word of the step from here, its caller's fp, does not matter */
    enum unwind_fp_use fp_use : 8; /* needs_fp and ignores_word are derived from it */
};

/* Frames and words, outermost first. The last frame is where the walk began. */
struct stack_walk {
    struct stack_frame *frames;
    struct unwind_word *words;
    uint32_t depth, word_count;
    uint32_t capacity; /* in frames; UNWIND_WORDS_MAX times as many words */
    uint32_t last_used;
    uint32_t successor; /* the walk that was used after this one, last time */
    uint32_t end_flags; /* how it ended: TRACE_END_OF_STACK, TRACE_LOST_TRACK or TRACE_CUT */
    uint64_t first_cfa; /* where the last frame ends, if it is the only one; 0: not known */
    bool is_plain;      /* its words all lie on one stack, see walk_cache.h */
    /* The leaf last hit by this walk, and its node: the tree is asked only for another leaf. */
    trace_index leaf, leaf_node;
};

struct stack {
    struct tree tree;
    uint64_t end;                     /* of the thread's own stack */
    uint32_t generation;              /* the modules_generation of all that is remembered */
    uint32_t clock;                   /* for last_used */
    uint32_t latest;                  /* the walk that was used last */
    struct call_bounds bounds;        /* of the last hit: see stack_hit */
    uint64_t base;                    /* the same: the stack pointer of the outermost frame */
    uint64_t starts[STACK_WALKS];     /* a hash of where each walk began; 0: no walk */
    uint64_t shapes[STACK_WALKS];     /* a hash of the addresses of its words */
    uint64_t digests[STACK_WALKS];    /* a hash of its words */
    uint8_t by_digest[STACK_DIGESTS]; /* the last walk that was made with this digest modulo
                                         STACK_DIGESTS */
    struct stack_walk walks[STACK_WALKS];
    struct walk_cache cache;
    struct stack_walk fresh; /* the new walk while it is made, innermost frame first */
    struct unwind unwind;
};

/* Prepares a zeroed stack for the thread whose THREAD record is `thread`. The thread's own stack
 * ends at `end`, and stays mapped as long as the thread runs. */
void stack_init(struct stack *stack, struct segment *segment, trace_index thread, uint64_t end);

/* Prepares a stack for a thread that continues the tree of one that has ended. */
void stack_continue(struct stack *stack, uint64_t end);

/* is_main: it is the main thread's stack, which can be read up to its end. */
static inline void stack_trust(struct stack *stack, bool is_main)
{
    stack->unwind.main_end = is_main ? stack->end : 0;
}

/* Takes memory for later walks and nodes, and finds out how far the stack at `sp` reaches, before
 * system calls are forbidden (kernel_is_forbidden). */
void stack_prepare(struct stack *stack, uint64_t sp);

/* Forgets all remembered walks and rules, but not the tree. */
void stack_forget(struct stack *stack);

/* Returns the node of the leaf `leaf` (its LEAF_NAME record) called from the frame `from`, or 0 if
 * there is no room. Sets stack->bounds and stack->base. `saved` are the ARCH_SAVED
 * registers at that frame. Async-signal-safe, but not re-entrant for the same struct stack. */
trace_index stack_hit(
    struct stack *stack, const struct unwind_state *from, const uint64_t *saved, trace_index leaf);

/* The bounds of a call from the frame `from` that is no hit. `wants_base`: sets stack->base, 0: not
 * known. */
struct call_bounds stack_find_bounds(
    struct stack *stack, const struct unwind_state *from, const uint64_t *saved, bool wants_base);

#endif
