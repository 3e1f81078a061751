/*
 * stub.h - the code of a stub, which gives its record to the trampoline.
 */
#ifndef ARCH_STUB_H
#define ARCH_STUB_H

#include <stddef.h>
#include <stdint.h>

#define ARCH_STUB_SIZE 24

/* Writes the stub that lies at `address`, of a record there with the trampoline's address in the
 * word `jump`. */
void arch_stub_put(uint8_t to[ARCH_STUB_SIZE], size_t address, size_t record, size_t jump);

/* The CIE of all stubs: nothing was pushed. The addresses in its FDEs are distances, in 4 bytes. */
#define ARCH_STUB_CIE_SIZE 24
extern const uint8_t arch_stub_cie[ARCH_STUB_CIE_SIZE];

#endif
