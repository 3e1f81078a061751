/*
 * call_frame.h - the frame of an open call of a hooked function.
 *
 * The trampoline builds it on the program's own stack and calls the function from there, so it
 * lives as long as the call: longjmp and coroutines need no care. What is jumped over is gone, what
 * is switched away from comes back.
 */
#ifndef CALL_FRAME_H
#define CALL_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hook_record.h"
#include "trace_format.h"

/* One call. x86_64/trampoline.S knows these offsets. */
struct call_frame {
    struct trace_node *node; /* NULL: not recorded */
    uint64_t entered;        /* clock ticks */
    uint32_t epoch;          /* of the trace file that holds `node` */
    uint32_t fault;          /* whose handler is installed: faults.c; 0: of none */
    struct hook_record *record;
    uint64_t stack_bytes;  /* of arguments on the stack to copy, a multiple of 8 */
    uint64_t arguments[8]; /* rdi rsi rdx rcx r8 r9 rax r10; later, what the leaf left there */
    uint64_t saved[5];     /* rbx r12 r13 r14 r15 of the caller */
    uint64_t mark;         /* claim.h: while its hit is being recorded */
    union {
        void *thread;             /* the thread pointer of the thread that made it */
        struct call_frame *outer; /* of a call that could not be recorded: see lost.h */
    };
    uint64_t target;         /* the real function */
    uint64_t r11;            /* of the caller, if hooked at the entry; later, as arguments[] */
    uint64_t caller_fp;      /* its rbp; where the trampoline's rbp points */
    uint64_t return_address; /* into the caller */
    uint64_t stack[];        /* its arguments on the stack, at the CFA */
};

#define CALL_FRAME_FP 176 /* from the start of a call_frame to where rbp points */

_Static_assert(offsetof(struct call_frame, record) == 24, "trampoline");
_Static_assert(offsetof(struct call_frame, stack_bytes) == 32, "trampoline");
_Static_assert(offsetof(struct call_frame, arguments) == 40, "trampoline");
_Static_assert(offsetof(struct call_frame, saved) == 104, "trampoline");
_Static_assert(offsetof(struct call_frame, target) == 160, "trampoline");
_Static_assert(offsetof(struct call_frame, r11) == 168, "trampoline");
_Static_assert(offsetof(struct call_frame, caller_fp) == CALL_FRAME_FP, "trampoline");
_Static_assert(offsetof(struct call_frame, return_address) - offsetof(struct call_frame, r11) == 16,
    "a pad leaves r11 at -16(%rsp)");
_Static_assert((CALL_FRAME_FP + 16) % 64 == 0, "the stack stays as aligned as it was");

/* The trampoline, for stubs and pads: hook_record in r11, all else as for the real function. What
 * a pad found in r11 is at -16(%rsp); a stub has nothing to put there. */
void scoped_trace_enter(void);

/* Where the functions called by the trampoline return to. */
extern const char hook_return_address[];

/* Between these the trampoline has an open call. Before, its frame does not stand. */
extern const char hook_call_begins[], hook_call_ends[];

/* What is known of a call's place on the stack. */
struct call_bounds {
    uint64_t arguments_end; /* its arguments on the stack, which begin at the caller's sp, end there
                             * at the latest; 0: not known */
    uint64_t base; /* where they may be many: the outermost frame's sp, if all frames lie on the
                    * thread's own stack, else 0 */
};

/* From so many bytes of arguments on, a base is looked for. */
#define CALL_FEW_ARGUMENTS 1024

/* More arguments than that are copied on no stack. */
#define CALL_COPIED_MAX (UINT64_C(16) << 10)

/* How a function is entered. */
enum call_way {
    CALL_RETURNS, /* called, with its arguments copied: its return is seen */
    CALL_JUMPS,   /* by a jump */
    CALL_UNTIMED, /* by a jump, as its arguments cannot be copied */
};

/* Whether the stack has room for a copy of `size` bytes, more than a few. */
typedef bool call_has_room(const struct call_frame *call, uint64_t base, uint64_t size);

/* call_choose_way where the call has arguments on the stack, or comes from the trampoline. */
enum call_way call_choose_rare_way(
    struct call_frame *call, struct call_bounds bounds, call_has_room *has_room);

static inline bool call_is_from_trampoline(const struct call_frame *call)
{
    return __builtin_expect(call->return_address == (uint64_t)hook_return_address, 0);
}

/* How the function is to be entered. Sets call->stack_bytes, which is 0 before. */
static inline enum call_way call_choose_way(
    struct call_frame *call, struct call_bounds bounds, call_has_room *has_room)
{
    uint32_t flags = call->record->flags;
    if (flags & HOOK_TAIL)
        return CALL_JUMPS;
    if (!(flags & HOOK_STACK_ARGS) && !call_is_from_trampoline(call))
        return CALL_RETURNS;
    return call_choose_rare_way(call, bounds, has_room);
}

/* Where the trampoline's call of the real function has put its return address. */
uint64_t call_body(const struct call_frame *call);

/* The LEAF_NAME record of the leaf that was called from the frame at `pc` with rbp `fp`, in the
 * trace file of `epoch`; 0 where that is no frame of the trampoline, or the call is not recorded
 * there: in a forked child the node of a call that began in its parent is gone. */
static inline trace_index call_leaf(uint64_t pc, uint64_t fp, uint32_t epoch)
{
    if (pc != (uint64_t)hook_return_address)
        return 0;
    const struct call_frame *call = (const struct call_frame *)(fp - CALL_FRAME_FP);
    if (call->node == NULL || call->epoch != epoch)
        return 0;
    return call->node->module;
}

#endif
