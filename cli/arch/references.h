/*
 * references.h - what single instructions refer to.
 *
 * A slot is a word of the global offset table, which the dynamic linker fills in. Addresses are
 * those in the file.
 */
#ifndef ARCH_REFERENCES_H
#define ARCH_REFERENCES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Returns the slot through which the PLT (procedure linkage table) entry at `address` jumps, or 0
 * if this is no PLT entry. `code` is its first ARCH_PLT_SIZE bytes. */
#define ARCH_PLT_SIZE 16
uint64_t arch_plt_slot(const uint8_t *code, uint64_t address);

/* Finds what the call instruction that ends at `return_address` calls. `code` is the ARCH_CALL_SIZE
 * bytes before that address. A direct call sets *target to the address of the code; a call through
 * a slot sets *target to 0 and *slot. Returns false if it calls through a register or another word,
 * or is no call. */
#define ARCH_CALL_SIZE 6
bool arch_call_before(
    const uint8_t *code, uint64_t return_address, uint64_t *target, uint64_t *slot);

/* The same for the call at `address`; `code` is its first ARCH_CALL_SIZE bytes. Only the forms in
 * which start code calls libc are known. */
bool arch_call_at(const uint8_t *code, uint64_t address, uint64_t *target, uint64_t *slot);

/* Returns whether the instruction at `address` loads a constant as the first argument of a
 * function: sets *value to it, or, if the constant is in a slot, *value to 0 and *slot. `code` has
 * ARCH_LOAD_SIZE bytes. */
#define ARCH_LOAD_SIZE 7
bool arch_argument_load(const uint8_t *code, uint64_t address, uint64_t *value, uint64_t *slot);

/* Returns the function that is called with the result of the call that returns to `address`, as in
 * exit(main()); 0: no such call is there. `code` has ARCH_RESULT_CALL_SIZE bytes. */
#define ARCH_RESULT_CALL_SIZE 7
uint64_t arch_result_call(const uint8_t *code, uint64_t address);

/* Returns whether the function that begins with this code has room in which XRay writes a jump of
 * its own when the program asks for it (LLVM, "XRay Instrumentation"). */
bool arch_has_sled(const uint8_t *code, size_t size);

#endif
