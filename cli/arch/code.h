/*
 * code.h - code of a file, before it is decoded.
 */
#ifndef ARCH_CODE_H
#define ARCH_CODE_H

#include <stddef.h>
#include <stdint.h>

/* Bytes of an ELF file and their address there (p_vaddr or sh_addr). */
struct code_bytes {
    const uint8_t *bytes;
    uint64_t address, size;
};

struct code_range {
    uint64_t address, size;
};

/* All addresses are those in the file. */
struct code_function {
    uint64_t address;
    uint64_t size; /* of the symbol or the FDE; 0: unknown, the function ends where the next entry
                      begins */
    /* The addresses at which functions and other symbols begin, in ascending order; `address` may
     * be among them, several times. Bytes that look like padding, from the end of the function to
     * the next of these addresses, are taken for padding, so the entries of local functions (FDEs)
     * should be included. */
    const uint64_t *entries;
    size_t entry_count;
    const struct code_range *parts; /* other code of the same function, such as f.cold */
    size_t part_count;
};

#endif
