/*
 * stub.h - the code of a stub, which passes the address of its record to the trampoline.
 */
#ifndef ARCH_STUB_H
#define ARCH_STUB_H

#include <stddef.h>
#include <stdint.h>

#define ARCH_STUB_SIZE 24

/* Writes the stub for `address`. Its record is at `record`; the word at `jump` holds the
 * trampoline's address. */
void arch_stub_put(uint8_t to[ARCH_STUB_SIZE], size_t address, size_t record, size_t jump);

/* The CIE of all stubs: nothing has been pushed. Addresses in its FDEs are 4-byte distances. */
#define ARCH_STUB_CIE_SIZE 24
extern const uint8_t arch_stub_cie[ARCH_STUB_CIE_SIZE];

#endif
