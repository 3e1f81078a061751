/*
 * symbols.h - a symbol table, and the hash table by which a name in it is found.
 *
 * Nothing is trusted: what points outside of a table is as if it were not there.
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

/* `size` bytes from `offset` on, or NULL where there are not so many or they are not aligned. */
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
    const char *strings; /* end in NUL */
    size_t strings_size;
};

struct elf_hash {
    const uint32_t *buckets; /* NULL: there is no table */
    const uint32_t *chains;
    uint32_t bucket_count, chain_count;
    const uint64_t *bloom; /* of DT_GNU_HASH; NULL: DT_HASH */
    uint32_t bloom_count, bloom_shift, first_symbol;
};

/* Reads DT_GNU_HASH, aligned to 8 bytes, or if that is not sound DT_HASH, aligned to 4. The bytes
 * may go on behind the table. False if neither is sound, and then *hash is untouched. */
bool elf_symbols_read_hash(
    struct elf_hash *hash, struct elf_bytes gnu_table, struct elf_bytes table);

/* How many symbols there are, by the table. */
size_t elf_symbols_count(const struct elf_hash *hash);

/* A text of the table's strings; "" where there is none. */
const char *elf_symbols_string(const struct elf_symbols *symbols, uint32_t offset);

/* The name of a symbol of the table; "" when it has none. */
const char *elf_symbols_name(const struct elf_symbols *symbols, const Elf64_Sym *symbol);

/* The index of the symbol with this name that comes after `index`, in no particular order, or 0.
 * Begin with 0: several versions may have the name. The table must have elf_symbols_count. */
size_t elf_symbols_look_up(
    const struct elf_symbols *symbols, const struct elf_hash *hash, const char *name, size_t index);

#endif
