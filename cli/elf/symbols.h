/*
 * symbols.h - a symbol table, and the hash table that finds a name in it.
 *
 * Nothing is trusted: a reference that points outside of a table is treated as missing.
 */
#ifndef ELF_SYMBOLS_H
#define ELF_SYMBOLS_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct elf_bytes {
    const uint8_t *bytes; /* NULL: there are none */
    size_t size;
};

/* Returns `size` bytes at `offset`, or NULL if there are fewer or they are not aligned. */
static inline const void *elf_bytes_at(
    struct elf_bytes bytes, uint64_t offset, uint64_t size, size_t alignment)
{
    if (offset > bytes.size || size > bytes.size - offset || offset % alignment != 0)
        return NULL;
    return bytes.bytes + offset;
}

struct elf_symbols {
    const Elf64_Sym *list;
    size_t count;
    const char *strings; /* the last byte is NUL */
    size_t strings_size;
};

struct elf_hash {
    const uint32_t *buckets; /* NULL: there is no table */
    const uint32_t *chains;
    uint32_t bucket_count, chain_count;
    const uint64_t *bloom; /* of DT_GNU_HASH; NULL: DT_HASH */
    uint32_t bloom_count, bloom_shift, first_symbol;
};

/* Reads DT_GNU_HASH, aligned to 8 bytes, or, if that is invalid, DT_HASH, aligned to 4. The bytes
 * may continue after the table. Returns false if neither is valid; then *hash is unchanged. */
bool elf_symbols_read_hash(
    struct elf_hash *hash, struct elf_bytes gnu_table, struct elf_bytes table);

/* Returns how many symbols there are according to the hash table. */
size_t elf_symbols_count(const struct elf_hash *hash);

/* Returns the text at `offset` in the table's strings, or "" if there is none. */
const char *elf_symbols_string(const struct elf_symbols *symbols, uint32_t offset);

/* The name of a symbol of the table; "" when it has none. */
const char *elf_symbols_name(const struct elf_symbols *symbols, const Elf64_Sym *symbol);

/* Returns the index of the next symbol with this name after `index`, or 0. The order is that of the
 * hash chain. Begin with 0; the name may occur in several versions. symbols->count must be
 * elf_symbols_count(hash). */
size_t elf_symbols_look_up(
    const struct elf_symbols *symbols, const struct elf_hash *hash, const char *name, size_t index);

#endif
