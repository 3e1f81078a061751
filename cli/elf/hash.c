/*
 * hash.c - the hash values of symbols' names.
 */
#include "elf/hash.h"

uint32_t elf_hash_gnu(const char *name)
{
    uint32_t hash = 5381;
    for (; *name; name++)
        hash = hash * 33 + (unsigned char)*name;
    return hash;
}

uint32_t elf_hash_system_v(const char *name)
{
    uint32_t hash = 0;
    for (; *name; name++) {
        hash = (hash << 4) + (unsigned char)*name;
        uint32_t top = hash & 0xf0000000;
        hash = (hash ^ top >> 24) & ~top;
    }
    return hash;
}
