/*
 * decoder.h - Zydis, loaded when the first instruction is to be decoded.
 *
 * Most runs need none: their plans are there from an earlier one, and to load the library takes a
 * millisecond. RTLD_LOCAL keeps its symbols to itself.
 */
#ifndef DECODER_H
#define DECODER_H

#include <Zydis/Zydis.h>
#include <stdbool.h>

/* Makes a decoder of 64-bit code. Returns false where the library is not to be had. Any thread may
 * call this. */
bool decoder_begin(ZydisDecoder *decoder);

/* Decodes one instruction of at most `size` bytes without its operands. False: it is none. */
bool decoder_decode(const ZydisDecoder *decoder, const uint8_t *bytes, size_t size,
    ZydisDecodedInstruction *instruction);

#endif
