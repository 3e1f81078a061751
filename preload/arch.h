/*
 * arch.h - what an architecture has to give.
 *
 * Only the architecture's folder knows instructions, registers and the numbers that depend on them.
 * Its given.h has what must be known at compile time, and what must be inline; assembler and
 * further sources have the rest. A second architecture has a folder with the same names.
 *
 * Nothing here calls libc or allocates; all functions but arch_begin are async-signal-safe. Inline
 * functions are declared ARCH_INLINE. `make lint` compiles preload/ without the folder for another
 * processor, with a given.h and a hook_code.h that only declare (tests/lint/arch).
 *
 * given.h defines:
 *
 *   ARCH_INLINE          before an inline function
 *   ARCH_PAGE            bytes of a page
 *   ARCH_AREA            where the library's own mappings may lie: below what the kernel places
 *   ARCH_REACH           how far a jump of HOOK_PLAN_JUMP bytes reaches, less a margin
 *   ARCH_PAD_SIZE        bytes of a pad
 *   ARCH_PAD_CODE        bytes of its stub; the displaced instructions follow
 *   ARCH_MARK_SIZE       bytes of the mark at a function's entry, behind which it is hooked
 *   ARCH_BLOCK           bytes that arch_exchange_block exchanges; a jump lies within one
 *   ARCH_COPY_ALIGN      the trampoline takes a multiple of this for arguments on the stack
 *   ARCH_CALL_PUSHES     bytes that its call instruction puts on the stack
 *   ARCH_FRAME_...       offsets in struct call_frame for the trampoline (code/call_frame.h)
 *   ARCH_SAVED           how many registers a function keeps for its caller, except fp and sp
 *   ARCH_SAVED_NUMBERS   their numbers in unwind tables, as an initializer
 *   ARCH_RESULT          where, among the arguments, a function leaves its result
 *   ARCH_RESULT_2        the same for the second word of a result of two
 *   ARCH_REGISTERS       how many registers unwind tables name; ARCH_FP is the frame pointer,
 *                        ARCH_SP the stack pointer, ARCH_RA the return address
 *   ARCH_RETURN_AT       offset of the return address from the CFA
 *   ARCH_CONTEXT_...     offsets of PC, SP, FP in a signal frame, from sp in the handler's caller
 *   ARCH_CALL_MAX        bytes of the longest call instruction
 *   ARCH_SIGRETURN_SIZE  bytes of the code to which a signal handler returns
 *   ARCH_MACHINE         of ELF files (e_machine)
 *   ARCH_SPIN_FREE       the value of a pthread_spinlock_t that is free
 *   ARCH_THREAD_ID       offset of the thread's id from its thread pointer in glibc
 *   struct arch_vectors  room for all vector state
 *   struct arch_registers  a call's registers: arguments[8], saved[ARCH_SAVED], fp, return_address
 *                        (the last), and what else the trampoline keeps
 *   struct arch_pair     two words, `first` and `second`, for arch_swap_pair
 */
#ifndef ARCH_H
#define ARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "given.h"
#include "hook_plan.h"

/* --- system calls: their result is -errno --- */

ARCH_INLINE long arch_call(long number, long a, long b, long c, long d, long e, long f);

/* System calls with a path; other architectures have other ones, or other arguments. */
ARCH_INLINE long arch_open(const char *path, int flags, int mode);
ARCH_INLINE long arch_stat(const char *path, struct stat *status);
ARCH_INLINE long arch_lstat(const char *path, struct stat *status);
ARCH_INLINE long arch_access(const char *path, int mode);
ARCH_INLINE long arch_unlink(const char *path);
ARCH_INLINE long arch_readlink(const char *path, char *target, size_t size);

/* --- memory --- */

/* They use general registers only, and call nothing. */
ARCH_INLINE void arch_copy(void *to, const void *from, size_t size);
ARCH_INLINE void arch_fill(void *memory, int byte, size_t size);

/* One instruction each, so no signal handler of this thread can run in the middle. They are not
 * atomic for other threads. */
ARCH_INLINE void arch_add(_Atomic uint64_t *counter, uint64_t value);
ARCH_INLINE void arch_add_32(_Atomic uint32_t *counter, uint32_t value);
/* Stores `wanted` in the word if it is `expected`; returns whether it was. */
ARCH_INLINE bool arch_swap(void *word, void *expected, void *wanted);
/* Stores `wanted` if `expected` is there; returns what was there. `at` is aligned to 16 bytes. */
ARCH_INLINE struct arch_pair arch_swap_pair(
    struct arch_pair *at, struct arch_pair expected, struct arch_pair wanted);

/* Replaces the aligned ARCH_BLOCK bytes at `address`, which other threads may be executing, by one
 * locked store, if they are still `old`. Returns whether it did. */
ARCH_INLINE bool arch_exchange_block(
    uint64_t address, const uint64_t old[2], const uint64_t new[2]);

/* Touches the stack `bytes` bytes further down: if it ends before that, the fault comes now. */
ARCH_INLINE void arch_touch_stack(long bytes);

/* --- the processor --- */

/* Finds a function of libc in a version. Returns its address; 0: there is none. */
typedef uint64_t arch_find_function(const char *name, const char *version);

/* Finds out which vector state the processor has. Until then, arch_call_saving saves what libc's
 * own start can be using. May run twice, with the same result. */
void arch_begin(arch_find_function *find);

/* Whether arch_ticks counts at the same rate in all states of the processor, and may be called
 * here. */
bool arch_has_steady_ticks(arch_find_function *find);
ARCH_INLINE uint64_t arch_ticks(void);

/* Saves all vector state in *area, calls function(argument) on an aligned stack, and restores it. A
 * hit may not change a vector register: it can hold an argument of the leaf, and a caller compiled
 * together with the leaf may rely on more registers. So code that is not ours is called through
 * this. */
void arch_call_saving(struct arch_vectors *area, void (*function)(void *), void *argument);

/* The same with the area on the stack. A hit's stack may be too small for that. */
static inline void arch_call_saving_here(void (*function)(void *), void *argument)
{
    struct arch_vectors area;
    arch_call_saving(&area, function, argument);
}

/* The stack pointer with which glibc's longjmp goes on, from its jmp_buf. */
ARCH_INLINE uint64_t arch_jump_target(const void *buffer);

/* Where the stack of a thread ends, from its thread pointer. Not for the first thread. */
ARCH_INLINE uint64_t arch_stack_end(const void *thread);

/* --- the trampoline; calls hook_enter and hook_leave, and has hook_personality --- */

/* Stubs and pads lead here. hook_record.h and hook_plan.h say what the registers contain and which
 * function is called. Builds a struct call_frame. Exported. */
void scoped_trace_enter(void);

/* Where calls go, by enum hook_entry: the trampoline, and code that passes calls in which the
 * library is not interested on to the function, and all others to the trampoline. It may pass on
 * too few. */
extern const uint64_t arch_entries[];

/* The address to which the functions called by the trampoline return. */
extern const char arch_return_address[];

/* While the pc is between these, the trampoline has an open call. Before, its frame is not
 * complete. */
extern const char arch_call_begins[], arch_call_ends[];

/* Pads lead here. Calls entry_libraries_changed, and keeps every general register. */
void arch_at_libraries_changed(void);

/* --- signals --- */

/* The kernel calls it (hook/faults.h). It calls faults_begin, the program's handler and faults_end.
 */
void arch_handle_fault(int number, void *info, void *context);

/* The pc of the interrupted thread in a signal's context (ucontext_t). The second function changes
 * the pc, and adds `sp_change` to the stack pointer. */
uint64_t arch_context_pc(const void *context);
void arch_context_move(void *context, uint64_t pc, int64_t sp_change);

/* --- code of pads, and jumps to them --- */

/* Writes the beginning of a pad: it jumps to the address in the word at `target`, and passes the
 * record at `record`. Returns false if one of them is too far away. */
bool arch_write_stub(uint8_t *pad, uint64_t record, uint64_t target);

/* Writes the displaced instructions and the jump back. `bias` is the module's run-time address
 * minus its address in the file. Returns false if something that they refer to would be too far
 * away. */
bool arch_write_displaced(uint8_t *code, const struct hook_plan_entry *entry, uint64_t bias);

/* Makes the jump from `from` to `to`. Returns false if `to` is too far away. */
bool arch_make_jump(uint8_t jump[HOOK_PLAN_JUMP], uint64_t from, uint64_t to);

/* Whether `found` is that jump. A debugger may have put a breakpoint, or the kernel a probe, in it.
 */
bool arch_is_jump(const uint8_t found[HOOK_PLAN_JUMP], uint64_t from, uint64_t to);

/* Whether the function begins with a mark, behind which it is hooked. Breakpoints as above. */
bool arch_has_mark(uint64_t function);

/* Where to hook a function that only returns; 0: it does more, or has no space for a jump. */
uint64_t arch_entry_of_empty(uint64_t function);

/* --- hints for unwinding --- */

/* Whether the instruction before `pc` is a call. ARCH_CALL_MAX bytes before it must be readable. */
bool arch_follows_call(const uint8_t *pc);

/* Whether a signal handler returns to `pc`. ARCH_SIGRETURN_SIZE bytes must be readable. */
bool arch_is_sigreturn(const uint8_t *pc);

/* Whether the expression of a CFA is the one that linkers write for their own stubs. Then the CFA
 * is arch_plt_cfa. */
bool arch_is_plt(const uint8_t *expression, size_t size);
ARCH_INLINE uint64_t arch_plt_cfa(uint64_t pc, uint64_t sp);

/* --- programs --- */

/* Whether a file's base name is that of a dynamic linker of glibc for this architecture. */
bool arch_is_linker(const char *name);

/* Whether 32-bit programs for `machine` (e_machine) may run here. */
bool arch_runs_32_bit(unsigned machine);

#endif
