/*
 * hook.h - entry and return of a leaf.
 *
 * A stub of the interposer, or a pad at the leaf's own entry (hook_plan.h), jumps to the
 * trampoline scoped_trace_enter, which keeps the registers in a struct hook_call on the
 * program's own stack and calls hook_enter. Then it calls the real function from that frame,
 * whose CFI is ordinary, so exceptions, cancellation and debuggers see a frame like any other;
 * and hook_leave when it returns.
 * As the record of an open call lives in the frame itself, longjmp and coroutines need no
 * care: what is jumped over is gone, what is switched away from comes back.
 */
#ifndef HOOK_H
#define HOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hook_record.h"
#include "trace_format.h"

struct link_map;

/* One call of a leaf. trampoline_x86_64.S knows these offsets. */
struct hook_call {
    struct trace_node *node; /* NULL: not recorded */
    uint64_t entered;        /* clock ticks */
    uint32_t epoch;          /* of the trace file that holds `node` */
    uint32_t fault;          /* whose handler is installed: faults.c; 0: of none */
    struct hook_record *record;
    uint64_t stack_bytes;  /* of arguments on the stack to copy, a multiple of 8 */
    uint64_t arguments[8]; /* rdi rsi rdx rcx r8 r9 rax r10; later, what the leaf left there */
    uint64_t saved[5];     /* rbx r12 r13 r14 r15 of the caller */
    uint64_t mark;         /* thread.h: while its hit is being recorded */
    union {
        void *thread;            /* the thread pointer of the thread that made it */
        struct hook_call *outer; /* of a call that could not be recorded: see hook_lose */
    };
    uint64_t target;         /* the real function */
    uint64_t r11;            /* of the caller, if hooked at the entry; later, as arguments[] */
    uint64_t caller_fp;      /* its rbp; where the trampoline's rbp points */
    uint64_t return_address; /* into the caller */
    uint64_t stack[];        /* its arguments on the stack, at the CFA */
};

#define HOOK_CALL_FP 176 /* from the start of a hook_call to where rbp points */

_Static_assert(offsetof(struct hook_call, record) == 24, "trampoline");
_Static_assert(offsetof(struct hook_call, stack_bytes) == 32, "trampoline");
_Static_assert(offsetof(struct hook_call, arguments) == 40, "trampoline");
_Static_assert(offsetof(struct hook_call, saved) == 104, "trampoline");
_Static_assert(offsetof(struct hook_call, target) == 160, "trampoline");
_Static_assert(offsetof(struct hook_call, r11) == 168, "trampoline");
_Static_assert(offsetof(struct hook_call, caller_fp) == HOOK_CALL_FP, "trampoline");
_Static_assert(offsetof(struct hook_call, return_address) - offsetof(struct hook_call, r11) == 16,
    "a pad leaves r11 at -16(%rsp)");
_Static_assert((HOOK_CALL_FP + 16) % 64 == 0, "the stack stays as aligned as it was");

/* Where the functions called by the trampoline return to. */
extern const char hook_return_address[];

/* Between these the trampoline has an open call. Before, its record does not stand. */
extern const char hook_call_begins[], hook_call_ends[];

/* The LEAF_NAME record of the leaf that was called from the frame at `pc` with rbp `fp`; 0 where
 * that is no frame of the trampoline, or the call is not recorded. */
trace_index hook_leaf_called(uint64_t pc, uint64_t fp);

/* Whether a stub will tell when the program loads libraries. */
bool hook_watches_loading(void);

/* Finds the real functions of all hooks that are not HOOK_LATE; later calls find only what was not
 * there before. */
void hook_resolve_all(void);

/* Functions were hooked at their entry: a call through a stub is not to count as another hit. */
void hook_mind_entries(void);

/* Whether a stub stands before the function at `address`. */
bool hook_has_stub(uint64_t address);

/* Counts the hit and fills in target and stack_bytes. Returns 1 when the trampoline is to
 * jump to the target instead of calling it. Called by the trampoline only. */
int hook_enter(struct hook_call *call);

/* Ends the call. Called by the trampoline only. */
void hook_leave(struct hook_call *call);

/* The call could not be recorded. Returns whether it is another hit: not where a leaf that nobody
 * has asked for by name was called by the body of one whose call was lost, too, as it is how that
 * works, and no tree would show it. */
bool hook_lose(struct hook_call *call);

/* The trampoline, for stubs and pads: hook_record in r11, all else as for the real function. What
 * a pad found in r11 is at -16(%rsp); a stub has nothing to put there. */
void scoped_trace_enter(void);

#endif
