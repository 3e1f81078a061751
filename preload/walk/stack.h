/*
 * stack.h - the verified stack: walks to the outermost frame, re-using earlier walks.
 *
 * A walk is remembered as its frames and the words of stack memory from which each was
 * derived. A step outwards is a function of (pc, sp, fp) and those words alone, so where a
 * new walk begins at a frame that an earlier one knew, and the words are unchanged, all
 * that follows is the same, its nodes included: a hit costs a comparison of one or two words
 * a frame. A few walks are remembered, as programs alternate between paths, and of many more
 * a hash of their words (walk_cache.h).
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

/* Deeper stacks are cut: the innermost STACK_CUT_DEPTH frames are kept. */
#define STACK_DEPTH_MAX TRACE_DEPTH_MAX
#define STACK_CUT_DEPTH 64

/* A frame that has called nothing: a signal handler returns to it. */
#define STACK_KEPT_ALL UINT32_MAX

struct stack_frame {
    struct unwind_state state;
    trace_index node; /* 0: not known; the path may have one all the same */
    uint32_t kept;    /* unwind_rule.kept, or STACK_KEPT_ALL */
    union {
        struct tree_path path; /* up to this frame */
        uint64_t word;         /* in a new walk, before it has paths: tree_word of the frame */
    };
    uint32_t words;    /* that many words of the walk lie further out than this frame */
    bool is_hidden;    /* it has no node: its path is its caller's */
    bool needs_fp;     /* state.fp decides how the walk goes on; else it may be outdated */
    bool ignores_word; /* the last word of the step from here, its caller's fp, is no
                        * matter */
    enum unwind_fp_use fp_use : 8; /* by which the two were found */
};

/* Frames and words, outermost first. The last frame is where the walk began. */
struct stack_walk {
    struct stack_frame *frames;
    struct unwind_word *words;
    uint32_t depth, word_count;
    uint32_t capacity; /* in frames; UNWIND_WORDS_MAX times as many words */
    uint32_t last_used;
    uint32_t successor; /* the walk that was used after this one, the last time */
    uint32_t end_flags; /* how it ended: TRACE_END_OF_STACK, TRACE_LOST_TRACK or TRACE_CUT */
    uint64_t first_cfa; /* of the last frame, if that is the only one; 0: not known */
    bool is_plain;      /* its words lie on one stack, see walk_cache.h */
    /* The leaf last hit from here, and its node: the tree is asked only when it changes. */
    trace_index leaf, leaf_node;
};

struct stack {
    struct tree tree;
    uint64_t end;                     /* of the thread's own stack */
    uint32_t generation;              /* as of modules_generation */
    uint32_t clock;                   /* for last_used */
    uint32_t latest;                  /* the walk that was used last */
    struct call_bounds bounds;        /* of the hit that came last: see stack_hit */
    uint64_t starts[STACK_WALKS];     /* a hash of where each walk began; 0: none is there */
    uint64_t shapes[STACK_WALKS];     /* a hash of the addresses of its words */
    uint64_t digests[STACK_WALKS];    /* a hash of its words */
    uint8_t by_digest[STACK_DIGESTS]; /* the walk made last with a digest that ends so */
    struct stack_walk walks[STACK_WALKS];
    struct walk_cache cache;
    struct stack_walk fresh; /* a new walk while it is made, innermost frame first */
    struct unwind unwind;
};

/* Makes a zeroed stack ready for the thread whose THREAD record is `thread`, and whose own stack,
 * which stays mapped as long as it runs, ends at `end`. */
void stack_init(struct stack *stack, struct segment *segment, trace_index thread, uint64_t end);

/* Makes a stack ready for a thread that goes on in the tree of one that has ended. */
void stack_continue(struct stack *stack, uint64_t end);

/* The stack is the main thread's: all of its own stack can be read, up to its end. */
static inline void stack_trust(struct stack *stack, bool is_main)
{
    stack->unwind.main_end = is_main ? stack->end : 0;
}

/* Takes the memory, and learns how far the stack at `sp` reaches, for walks and nodes to come
 * after system calls have been forbidden (kernel_is_forbidden). */
void stack_prepare(struct stack *stack, uint64_t sp);

/* Forgets what was remembered of walks and rules, but not the tree. */
void stack_forget(struct stack *stack);

/* Returns the node of leaf `leaf` (its LEAF_NAME record) called from the frame `from`, or 0
 * when there is no room; stack->bounds are then those of the call. `saved` are the ARCH_SAVED
 * registers at that frame. Async-signal-safe, but not re-entrant for one struct stack. */
trace_index stack_hit(
    struct stack *stack, const struct unwind_state *from, const uint64_t *saved, trace_index leaf);

/* The bounds of a call from the frame `from` that is no hit. */
struct call_bounds stack_find_bounds(
    struct stack *stack, const struct unwind_state *from, const uint64_t *saved);

#endif
