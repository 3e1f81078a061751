/*
 * call_frame.h - the frame of an open call of a hooked function.
 *
 * The trampoline builds it on the program's own stack and calls the function from there, so the
 * frame exists as long as the call. longjmp and coroutines need no special care: a frame that is
 * jumped over ends with its call, and a coroutine's frame stays on the coroutine's stack.
 */
#ifndef CALL_FRAME_H
#define CALL_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arch.h"
#include "hook_record.h"
#include "trace_format.h"

/* One call. The trampoline knows the offsets of its fields. */
struct call_frame {
    struct trace_node *node; /* NULL: not recorded */
    uint64_t entered;        /* clock ticks */
    uint32_t epoch;          /* of the trace file that holds `node` */
    uint32_t fault; /* for which signal the call installs a handler: faults.c; 0: for none */
    struct hook_record *record;
    uint32_t stack_bytes; /* of arguments on the stack to copy, a multiple of 8 */
    trace_index opened;   /* OPEN_CALL; 0: none */
    uint64_t mark;        /* set while the call owns a claim (claim.h) */
    union {
        void *thread;             /* the thread pointer of the thread that made the call */
        struct call_frame *outer; /* of a call that could not be recorded: see lost_call.h */
    };
    uint64_t target;                 /* the real function */
    struct arch_registers registers; /* the caller's; later, some are the leaf's results, and
                                      * `saved` has other words: enum call_word */
    uint64_t stack[];                /* its arguments on the stack, from the CFA on */
};

_Static_assert(offsetof(struct call_frame, record) == ARCH_FRAME_RECORD, "trampoline");
_Static_assert(offsetof(struct call_frame, stack_bytes) == ARCH_FRAME_STACK_BYTES, "trampoline");
_Static_assert(offsetof(struct call_frame, target) == ARCH_FRAME_TARGET, "trampoline");
_Static_assert(offsetof(struct call_frame, registers) == ARCH_FRAME_REGISTERS, "trampoline");
_Static_assert(offsetof(struct call_frame, registers.fp) == ARCH_FRAME_FP, "trampoline");

/* The frame of the trampoline whose frame pointer is `fp`. */
static inline struct call_frame *call_frame_at(uint64_t fp)
{
    return (struct call_frame *)(fp - ARCH_FRAME_FP);
}

/* What the words of registers.saved are as soon as the hit is recorded: nothing needs the registers
 * after that. The arguments may be gone when the call returns. */
enum call_word {
    CALL_OBJECT,   /* the OBJECT_CALLS record of the call, and above its 32 bits the OBJECT; or 0 */
    CALL_ARGUMENT, /* what the end of the call needs of its arguments: object/ */
};
#define CALL_ARGUMENTS 4

_Static_assert(CALL_ARGUMENT + CALL_ARGUMENTS <= ARCH_SAVED, "the words have room");

/* The call's arguments in registers, from the first one on. */
static inline const uint64_t *call_arguments(const struct call_frame *call)
{
    return call->registers.arguments + (call->record->flags & HOOK_BY_NUMBER ? 1 : 0);
}

/* Keeps the first arguments for the end of the call. */
static inline void call_keep_arguments(struct call_frame *call)
{
    const uint64_t *arguments = call_arguments(call);
    for (unsigned i = 0; i < CALL_ARGUMENTS; i++)
        call->registers.saved[CALL_ARGUMENT + i] = arguments[i];
}

/* What is known about a call's place on the stack. */
struct call_bounds {
    uint64_t arguments_end; /* the highest possible end of its arguments on the stack, which begin
                               at the caller's sp; 0: not known */
    uint64_t base; /* the outermost frame's sp, if the arguments may be many and all frames lie on
                      the thread's own stack; else 0 */
};

/* For more bytes of arguments than this, the base is needed. */
#define CALL_FEW_ARGUMENTS 1024

/* More bytes of arguments than this are never copied. */
#define CALL_COPIED_MAX (UINT64_C(16) << 10)

/* How a function is entered. */
enum call_way {
    CALL_RETURNS, /* called, with its arguments copied: its return is seen */
    CALL_JUMPS,   /* by a jump */
    CALL_UNTIMED, /* by a jump, because its arguments cannot be copied */
};

/* Whether the stack has room for a copy of `size` bytes, if that is more than CALL_FEW_ARGUMENTS.
 */
typedef bool call_has_room(const struct call_frame *call, uint64_t base, uint64_t size);

/* call_choose_way for a call that was made by the trampoline: a jump of the real function. */
enum call_way call_choose_after_jump(struct call_frame *call);

static inline bool call_is_from_trampoline(const struct call_frame *call)
{
    return __builtin_expect(call->registers.return_address == (uint64_t)arch_return_address, 0);
}

/* Notes how many bytes of arguments on the stack are to be copied: the most that there can be.
 * Returns false if that is not known, or too many. */
static inline bool call_find_arguments(
    struct call_frame *call, struct call_bounds bounds, call_has_room *has_room)
{
    uint32_t flags = call->record->flags;
    uint64_t start = (uint64_t)call->stack, size = HOOK_STACK_WORDS(flags) * sizeof(uint64_t);
    if (size == 0) {
        if (bounds.arguments_end < start)
            return false;
        size = bounds.arguments_end - start;
        if (size > CALL_FEW_ARGUMENTS && !has_room(call, bounds.base, size))
            return false;
    }
    call->stack_bytes = (uint32_t)(size & ~UINT64_C(7));
    return true;
}

/* How the function is to be entered. Sets call->stack_bytes, which must be 0 before. Most leaves
 * are of unknown signature, so the way of their arguments is inlined: it takes 24 instructions
 * less. */
static inline enum call_way call_choose_way(
    struct call_frame *call, struct call_bounds bounds, call_has_room *has_room)
{
    uint32_t flags = call->record->flags;
    if (flags & HOOK_TAIL)
        return CALL_JUMPS;
    if (call_is_from_trampoline(call))
        return call_choose_after_jump(call);
    if (!(flags & HOOK_STACK_ARGS))
        return CALL_RETURNS;
    return call_find_arguments(call, bounds, has_room) ? CALL_RETURNS : CALL_UNTIMED;
}

/* The address at which the trampoline's call of the real function has put its return address. */
uint64_t call_body(const struct call_frame *call);

/* The call that has left the stack on which it was made at `sp`, by a switch to another one: the
 * function may have put up to CALL_SWITCH_WORDS words there. NULL: there is none. */
struct call_frame *call_above(uint64_t sp);

#define CALL_SWITCH_WORDS 16

/* The LEAF_NAME record of the leaf that was called from the frame at `pc` with frame pointer `fp`,
 * in the trace file of `epoch`. 0: it is not a frame of the trampoline, or the call is not recorded
 * there: a forked child does not have the node of a call that began in its parent. */
static inline trace_index call_leaf(uint64_t pc, uint64_t fp, uint32_t epoch)
{
    if (pc != (uint64_t)arch_return_address)
        return 0;
    const struct call_frame *call = call_frame_at(fp);
    if (call->node == NULL || call->epoch != epoch)
        return 0;
    return call->node->leaf_name;
}

#endif
