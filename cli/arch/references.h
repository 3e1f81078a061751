/*
 * references.h - what single instructions refer to.
 *
 * A slot is a word that the dynamic linker fills in, of the global offset table. Addresses are
 * those in the file.
 */
#ifndef ARCH_REFERENCES_H
#define ARCH_REFERENCES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The slot through which the entry of the procedure linkage table at `address` jumps, of which this
 * are the first ARCH_PLT_SIZE bytes; 0: it is none. */
#define ARCH_PLT_SIZE 16
uint64_t arch_plt_slot(const uint8_t *code, uint64_t address);

/* What the call instruction calls that ends at `return_address`, where the ARCH_CALL_SIZE bytes
 * `code` end: the address of code in *target, or, where it goes by a slot, *target 0 and that in
 * *slot. False where it calls by a register or another word, or is no call. */
#define ARCH_CALL_SIZE 6
bool arch_call_before(
    const uint8_t *code, uint64_t return_address, uint64_t *target, uint64_t *slot);

/* The same of the call at `address`, whose first ARCH_CALL_SIZE bytes these are, if it is one of
 * the forms in which start code calls libc. */
bool arch_call_at(const uint8_t *code, uint64_t address, uint64_t *target, uint64_t *slot);

/* Whether the instruction at `address`, of which there are ARCH_LOAD_SIZE bytes, loads a constant
 * as a function's first argument: *value, or, where that is in a slot, *value 0 and *slot. */
#define ARCH_LOAD_SIZE 7
bool arch_argument_load(const uint8_t *code, uint64_t address, uint64_t *value, uint64_t *slot);

/* The function that is called with what another one has returned, as in exit(main()), where that
 * has returned to `address`; there are ARCH_RESULT_CALL_SIZE bytes. 0: it is not so. */
#define ARCH_RESULT_CALL_SIZE 7
uint64_t arch_result_call(const uint8_t *code, uint64_t address);

/* Whether the function that begins with this code has room where XRay writes a jump of its own when
 * the program says so (LLVM, "XRay Instrumentation"). */
bool arch_has_sled(const uint8_t *code, size_t size);

#endif
