/*
 * code.h - what single instructions of a file refer to.
 */
#ifndef SYMBOLS_CODE_H
#define SYMBOLS_CODE_H

#include <gelf.h>
#include <stdbool.h>
#include <stdint.h>

#include "elf/image.h"

/* Returns the bytes and the segments of the file, and nothing else of an image. They are of the
 * file's owner: the image is not to be closed. An image without segments if the file is not of 64
 * bits. */
struct elf_image symbols_code_image(Elf *elf);

/* Returns the `size` bytes of the file that are mapped at `address`, or NULL. */
const uint8_t *symbols_code_bytes(Elf *elf, uint64_t address, uint64_t size);

/* Finds the relocation of the word at `slot`, with the section header of its table. */
bool symbols_code_relocation(Elf *elf, uint64_t slot, GElf_Rela *relocation, GElf_Shdr *header);

/* Returns the name of the symbol in a relocation of the table with this header, or NULL. */
const char *symbols_code_symbol(Elf *elf, const GElf_Shdr *header, const GElf_Rela *relocation);

/* Returns the symbol whose address the dynamic linker writes into the word at `slot`, or NULL. */
const char *symbols_code_slot(Elf *elf, uint64_t slot);

/* Returns the symbol to which the PLT (procedure linkage table) entry at `address` jumps, or
 * NULL. */
const char *symbols_code_plt(Elf *elf, uint64_t address);

/* Finds what the call instruction before `return_address` calls. A direct call sets *target to the
 * address of the code in the file; a call through a word of the global offset table sets *target to
 * 0 and *slot to the address of that word. Returns false if it calls through a register or another
 * word, or is no call. */
bool symbols_code_call(Elf *elf, uint64_t return_address, uint64_t *target, uint64_t *slot);

#endif
