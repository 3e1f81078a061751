/*
 * relocate.h - code that does the same as an instruction, at another address.
 */
#ifndef ARCH_X86_64_DECODER_RELOCATE_H
#define ARCH_X86_64_DECODER_RELOCATE_H

#include <stdbool.h>

#include "arch/x86_64/decoder/displacement.h"

/* Adds code to displacement->entry that does the same as its last displaced instruction, which is
 * `instruction`. Returns false, and sets the reason, if there is no such code. */
bool relocate(struct displacement *displacement, const ZydisDecodedInstruction *instruction);

/* Returns whether the instruction can fault because of the function's arguments (memory access,
 * division), or always faults. */
bool relocate_may_fault(const ZydisDecodedInstruction *instruction);

#endif
