/*
 * leb128.h - numbers of variable length (DWARF 5, 7.6).
 */
#ifndef BASE_LEB128_H
#define BASE_LEB128_H

#include <stdbool.h>
#include <stdint.h>

/* Reads the number at *at and moves *at past it, at most to `end`. A number of more than 64 bits
 * loses its upper bits. Returns false if the number is cut off; it then has the bits that were
 * there. */
static inline bool leb128_read(
    const uint8_t **at, const uint8_t *end, bool is_signed, uint64_t *value)
{
    unsigned shift = 0;
    *value = 0;
    while (*at < end) {
        uint8_t byte = *(*at)++;
        if (shift < 64)
            *value |= (uint64_t)(byte & 0x7f) << shift;
        shift += 7;
        if (byte & 0x80)
            continue;
        if (is_signed && byte & 0x40 && shift < 64)
            *value |= UINT64_MAX << shift;
        return true;
    }
    return false;
}

#endif
