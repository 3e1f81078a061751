/*
 * code.h - what single instructions of a file refer to.
 */
#ifndef SYMBOLS_CODE_H
#define SYMBOLS_CODE_H

#include <gelf.h>
#include <stdbool.h>
#include <stdint.h>

/* The `size` bytes of the file that are mapped at `address`, or NULL. */
const uint8_t *symbols_code_bytes(Elf *elf, uint64_t address, uint64_t size);

/* The four bytes of an instruction's operand, with their sign. */
uint64_t symbols_code_offset(const uint8_t *bytes);

/* The relocation of the word at `slot`, with the section header of its table. */
bool symbols_code_relocation(Elf *elf, uint64_t slot, GElf_Rela *relocation, GElf_Shdr *header);

/* The symbol whose address the dynamic linker puts into the word at `slot`, or NULL. */
const char *symbols_code_slot(Elf *elf, uint64_t slot);

/* The symbol to which the entry of the procedure linkage table at `address` jumps, or NULL. */
const char *symbols_code_plt(Elf *elf, uint64_t address);

/* What the call instruction before `return_address` calls: the address of code in the file in
 * *target, or, where it goes by a word of the global offset table, *target 0 and that word in
 * *slot. False where it calls by a register or another word, or is no call. */
bool symbols_code_call(Elf *elf, uint64_t return_address, uint64_t *target, uint64_t *slot);

#endif
