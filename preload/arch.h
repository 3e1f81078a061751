/*
 * arch.h - what an architecture has to give.
 *
 * Only its folder knows instructions, registers and the numbers that depend on them. There given.h
 * has what must be known at compile time, and what must be inline; assembler and further sources
 * have the rest. A second architecture has a folder with the same.
 *
 * Nothing here calls libc or allocates; all is async-signal-safe but arch_begin. What is inline is
 * declared ARCH_INLINE. `make lint` compiles all of preload/ but the folder itself for another
 * processor, with a given.h that only declares (tests/lint/arch).
 *
 * given.h defines:
 *
 *   ARCH_INLINE          before an inline function
 *   ARCH_PAGE            bytes of a page
 *   ARCH_AREA            where the library's own mappings may lie: below what the kernel places
 *   ARCH_REACH           how far a jump of HOOK_PLAN_JUMP bytes leads, with some to spare
 *   ARCH_PAD_SIZE        bytes of a pad, of which ...
 *   ARCH_PAD_CODE        ... the stub takes so many; what was displaced comes behind it
 *   ARCH_MARK_SIZE       bytes of the mark at a function's entry, behind which it is hooked
 *   ARCH_BLOCK           bytes that arch_exchange_block exchanges; a jump lies within one
 *   ARCH_COPY_ALIGN      to which the trampoline rounds up what it copies of the stack
 *   ARCH_CALL_PUSHES     bytes that its call instruction puts on the stack
 *   ARCH_FRAME_...       what the trampoline knows of struct call_frame (code/call_frame.h)
 *   ARCH_SAVED           registers that a function keeps for its caller, other than fp and sp
 *   ARCH_SAVED_NUMBERS   their numbers in unwind tables, as an initializer
 *   ARCH_REGISTERS       registers that unwind tables speak of, of which ARCH_FP is the frame
 *                        pointer, ARCH_SP the stack pointer, ARCH_RA the return address
 *   ARCH_RETURN_AT       where a caller's return address is, from the CFA on
 *   ARCH_CONTEXT_...     where PC, SP and FP are in a signal frame, from sp in the handler's caller
 *   ARCH_CALL_MAX        bytes of the longest call instruction
 *   ARCH_SIGRETURN_SIZE  bytes of what a signal handler returns to
 *   ARCH_MACHINE         of ELF files (e_machine)
 *   struct arch_vectors  room for all vector state
 *   struct arch_registers  a call's registers: arguments[8], saved[ARCH_SAVED], fp, return_address
 *                        (the last), and what else the trampoline keeps
 *   struct arch_pair     two words, `first` and `second`, that are exchanged at once
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

/* Those by path, which are other ones, or with other arguments, elsewhere. */
ARCH_INLINE long arch_open(const char *path, int flags, int mode);
ARCH_INLINE long arch_stat(const char *path, struct stat *status);
ARCH_INLINE long arch_lstat(const char *path, struct stat *status);
ARCH_INLINE long arch_access(const char *path, int mode);
ARCH_INLINE long arch_unlink(const char *path);
ARCH_INLINE long arch_readlink(const char *path, char *target, size_t size);

/* --- memory --- */

/* General registers only, and no call. */
ARCH_INLINE void arch_copy(void *to, const void *from, size_t size);
ARCH_INLINE void arch_fill(void *memory, int byte, size_t size);

/* One instruction each, which no signal handler of this thread cuts in two. Other threads need not
 * be kept off. */
ARCH_INLINE void arch_add(_Atomic uint64_t *counter, uint64_t value);
/* Puts `wanted` into the word if `expected` is there; returns whether it was. */
ARCH_INLINE bool arch_swap(void *word, void *expected, void *wanted);
/* Puts `wanted` there if `expected` is; returns what was there. `at` is aligned to 16 bytes. */
ARCH_INLINE struct arch_pair arch_swap_pair(
    struct arch_pair *at, struct arch_pair expected, struct arch_pair wanted);

/* Exchanges the aligned ARCH_BLOCK bytes at `address`, which other threads may execute, by one
 * locked store, if they are `old` still. */
ARCH_INLINE bool arch_exchange_block(
    uint64_t address, const uint64_t old[2], const uint64_t new[2]);

/* Touches the stack so many bytes further: where it ends before, that is found out now. */
ARCH_INLINE void arch_touch_stack(long bytes);

/* --- the processor --- */

/* Finds a function of libc in a version, 0: there is none. */
typedef uint64_t arch_find_function(const char *name, const char *version);

/* Finds out what there is of vector state. Before, what libc's own start can have in use is kept.
 * May run twice, with the same result. */
void arch_begin(arch_find_function *find);

/* Whether arch_ticks counts at the same rate in all states, and may be asked for here. */
bool arch_has_steady_ticks(arch_find_function *find);
ARCH_INLINE uint64_t arch_ticks(void);

/* Saves all vector state in *area, calls function(argument) on an aligned stack, and restores it.
 * A hit may not change a vector register (it can hold an argument of the leaf, and a caller that
 * knows its callee relies on more); foreign code is called through this. */
void arch_call_saving(struct arch_vectors *area, void (*function)(void *), void *argument);

/* The same with the area on the stack, on which it may be too large for a hit. */
static inline void arch_call_saving_here(void (*function)(void *), void *argument)
{
    struct arch_vectors area;
    arch_call_saving(&area, function, argument);
}

/* Where a thread's own stack ends, of all but the first one, by its thread pointer. */
ARCH_INLINE uint64_t arch_stack_end(const void *thread);

/* --- the trampoline; calls hook_enter and hook_leave, and has hook_personality --- */

/* For stubs and pads: what they are to call, and with what in the registers, say hook_record.h and
 * hook_plan.h. Builds a struct call_frame. Exported. */
void scoped_trace_enter(void);

/* Where the functions called by the trampoline return to. */
extern const char arch_return_address[];

/* Between these the trampoline has an open call. Before, its frame does not stand. */
extern const char arch_call_begins[], arch_call_ends[];

/* Pads lead to it: calls entry_libraries_changed, and keeps every general register. */
void arch_at_libraries_changed(void);

/* --- signals --- */

/* The kernel calls it (hook/faults.h): calls faults_begin, the program's handler, faults_end. */
void arch_handle_fault(int number, void *info, void *context);

/* In a signal's context (ucontext_t): where the thread was; moves it. */
uint64_t arch_context_pc(const void *context);
void arch_context_move(void *context, uint64_t pc, int64_t sp_change);

/* --- code of pads, and jumps to them --- */

/* Writes what a pad begins with: it leads to where the word at `target` says, with the record at
 * `record`. Returns false where one is too far away. */
bool arch_write_stub(uint8_t *pad, uint64_t record, uint64_t target);

/* Writes what was displaced, of a module that lies `bias` above its addresses, and the jump back.
 * Returns false where something in it would be too far away. */
bool arch_write_displaced(uint8_t *code, const struct hook_plan_entry *entry, uint64_t bias);

/* Makes the jump that is to be written at `from`. Returns false where `to` is too far away. */
bool arch_make_jump(uint8_t jump[HOOK_PLAN_JUMP], uint64_t from, uint64_t to);

/* Whether `found` is that jump. A debugger's breakpoint, or a probe, may stand in it for a while.
 */
bool arch_is_jump(const uint8_t found[HOOK_PLAN_JUMP], uint64_t from, uint64_t to);

/* Whether the function begins with a mark, behind which it is hooked. The same of breakpoints. */
bool arch_has_mark(uint64_t function);

/* Where to hook a function that does nothing but return; 0: it is none, or has no room. */
uint64_t arch_entry_of_empty(uint64_t function);

/* --- hints for unwinding --- */

/* Whether a call stands right before `pc`. ARCH_CALL_MAX bytes before it can be read. */
bool arch_follows_call(const uint8_t *pc);

/* Whether it is what a signal handler returns to; ARCH_SIGRETURN_SIZE bytes can be read. */
bool arch_is_sigreturn(const uint8_t *pc);

/* Whether the expression of a CFA is that of linkers' own stubs; then that is arch_plt_cfa. */
bool arch_is_plt(const uint8_t *expression, size_t size);
ARCH_INLINE uint64_t arch_plt_cfa(uint64_t pc, uint64_t sp);

/* --- programs --- */

/* Whether a file's base name is that of a dynamic linker of glibc for this architecture. */
bool arch_is_linker(const char *name);

/* Whether 32-bit programs for that e_machine may run here. */
bool arch_runs_32_bit(unsigned machine);

#endif
