/*
 * hook_record.h - what a stub of the interposer tells the trampoline.
 *
 * At launch the tool writes a shared object (the interposer) that defines the functions to be
 * hooked, with one stub and one record for each name and version. The stub passes the address of
 * its record and jumps to record.jump (hook_code.h). The dynamic linker sets record.jump to the
 * address of the trampoline, scoped_trace_enter, which libscoped-trace.so exports. The library may
 * change it. The interposer exports the array of its records as `scoped_trace_hooks`, ended by a
 * record whose `name` is 0.
 */
#ifndef HOOK_RECORD_H
#define HOOK_RECORD_H

#include <stdatomic.h>
#include <stdint.h>

#define HOOK_ENTER_SYMBOL "scoped_trace_enter"
#define HOOK_TABLE_SYMBOL "scoped_trace_hooks"

/* hook_record.flags */
#define HOOK_TAIL       0x1u   /* jump to the function, don't call it: no return, no time is seen */
#define HOOK_STACK_ARGS 0x2u   /* the function may have arguments on the stack (psABI 3.2.3) */
#define HOOK_UNLOADS    0x4u   /* when it returns, code may have been unmapped (dlclose) */
#define HOOK_NOT_A_LEAF 0x8u   /* the library needs to see its calls: no hit */
#define HOOK_RESTRICTS  0x10u  /* it may reduce the process's rights, or forbid system calls */
#define HOOK_ROOT       0x20u  /* the root, if each of its calls has its own tree: no hit */
#define HOOK_LOADS      0x40u  /* it loads libraries (dlopen) */
#define HOOK_SHARES     0x80u  /* its child may share all memory with its caller (clone) */
#define HOOK_IMPLIED    0x100u /* the user has not named it: see leaves_is_implied */
#define HOOK_EXECUTES   0x200u /* libc's execve at its entry: all such functions call it */
#define HOOK_HANDLES    0x400u /* it installs handlers of signals (sigaction) */
#define HOOK_LATE       0x800u /* of a stub: the library looks for the function at the first call */
#define HOOK_ENDS       0x1000u /* libc's _exit, which ends the process: all such functions call it */

/* Functions that libc calls at the start of each thread, in it, and when its function has ended. */
#define HOOK_THREAD_BEGINS 0x2000u
#define HOOK_THREAD_ENDS   0x4000u

/* The watched functions: the library needs to see their calls, also if they are not leaves. */
#define HOOK_WATCHED                                                                               \
    (HOOK_UNLOADS | HOOK_RESTRICTS | HOOK_LOADS | HOOK_SHARES | HOOK_EXECUTES | HOOK_HANDLES |     \
        HOOK_ENDS | HOOK_THREAD_BEGINS | HOOK_THREAD_ENDS)

/* Hooked at the entry for the library's own needs. */
#define HOOK_OWN (HOOK_EXECUTES | HOOK_ENDS | HOOK_THREAD_BEGINS | HOOK_THREAD_ENDS)

/* With HOOK_STACK_ARGS: how many words the arguments on the stack have; 0: not known. */
#define HOOK_STACK_WORDS(flags)   ((uint32_t)(flags) >> 24)
#define HOOK_STACK_ARGS_OF(words) (HOOK_STACK_ARGS | (uint32_t)(words) << 24)

struct hook_record {
    _Atomic uint64_t target;     /* the real function; 0 until the library has found it */
    _Atomic uint64_t trace_leaf; /* the library's own: the trace record with the leaf's name */
    _Atomic uint64_t jump;       /* of a stub: its target, the trampoline or the function */
    int32_t name;                /* offset from this record to the symbol's name, a C string */
    int32_t version;             /* the same for its version; 0: none */
    int32_t shown;               /* the same for the name under which its hits are shown */
    uint32_t flags;
};

_Static_assert(sizeof(struct hook_record) == 40, "the interposer's writer and its reader agree");

#endif
