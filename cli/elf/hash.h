/*
 * hash.h - the hash values of symbols' names.
 */
#ifndef ELF_HASH_H
#define ELF_HASH_H

#include <stdint.h>

/* Of DT_GNU_HASH: the linkers' and the dynamic linker's own code (dl_new_hash of glibc). */
uint32_t elf_hash_gnu(const char *name);

/* Of DT_HASH, and of the names of versions: gABI, "Hash Table". */
uint32_t elf_hash_system_v(const char *name);

#endif
