/*
 * relocate.h - what does the same as an instruction elsewhere.
 */
#ifndef ARCH_X86_64_DECODER_RELOCATE_H
#define ARCH_X86_64_DECODER_RELOCATE_H

#include <stdbool.h>

#include "arch/x86_64/decoder/displacement.h"

/* Adds to displacement->entry what does the same as its last instruction, which this is. Returns
 * false, and says why, where nothing does. */
bool relocate(struct displacement *displacement, const ZydisDecodedInstruction *instruction);

/* Whether it can fault by what the function is given: by memory, by a division, or always. */
bool relocate_may_fault(const ZydisDecodedInstruction *instruction);

#endif
