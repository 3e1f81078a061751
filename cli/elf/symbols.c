/*
 * symbols.c - a symbol table, and the hash table that finds a name in it.
 *
 * DT_GNU_HASH has hash values in its chains and a Bloom filter; for nearly all names that a library
 * does not have, one word of the filter is enough. DT_HASH: gABI, "Hash Table".
 */
#include "elf/symbols.h"

#include <string.h>

#include "elf/hash.h"

/* The table does not say how many symbols there are: the last chain ends with a set bit. */
static bool count_chains(struct elf_hash *hash, uint64_t room)
{
    uint32_t last = 0;
    for (uint32_t i = 0; i < hash->bucket_count; i++)
        last = hash->buckets[i] > last ? hash->buckets[i] : last;
    if (last < hash->first_symbol)
        return true;
    uint64_t chain = last - hash->first_symbol;
    while (chain < room && !(hash->chains[chain] & 1))
        chain++;
    if (chain >= room)
        return false;
    hash->chain_count = (uint32_t)chain + 1;
    return true;
}

static bool read_gnu_table(struct elf_hash *hash, struct elf_bytes table)
{
    const uint32_t *words = (const void *)table.bytes;
    uint64_t count = table.size / sizeof *words;
    if (count < 4)
        return false;
    struct elf_hash read = {.bucket_count = words[0],
        .first_symbol = words[1],
        .bloom_count = words[2],
        .bloom_shift = words[3]};
    uint64_t used = 4 + 2 * (uint64_t)read.bloom_count + read.bucket_count;
    bool is_power_of_two = read.bloom_count && !(read.bloom_count & (read.bloom_count - 1));
    if (!read.bucket_count || !is_power_of_two || used > count || read.bloom_shift > 31)
        return false;
    read.bloom = (const void *)(words + 4);
    read.buckets = words + 4 + 2 * (size_t)read.bloom_count;
    read.chains = read.buckets + read.bucket_count;
    if (!count_chains(&read, count - used))
        return false;
    *hash = read;
    return true;
}

static bool read_table(struct elf_hash *hash, struct elf_bytes table)
{
    const uint32_t *words = (const void *)table.bytes;
    uint64_t count = table.size / sizeof *words;
    if (count < 2 || words[0] == 0 || 2 + (uint64_t)words[0] + words[1] > count)
        return false;
    *hash = (struct elf_hash){.bucket_count = words[0],
        .chain_count = words[1],
        .buckets = words + 2,
        .chains = words + 2 + words[0]};
    return true;
}

bool elf_symbols_read_hash(
    struct elf_hash *hash, struct elf_bytes gnu_table, struct elf_bytes table)
{
    return read_gnu_table(hash, gnu_table) || read_table(hash, table);
}

size_t elf_symbols_count(const struct elf_hash *hash)
{
    return (size_t)hash->first_symbol + hash->chain_count;
}

const char *elf_symbols_string(const struct elf_symbols *symbols, uint32_t offset)
{
    return offset < symbols->strings_size ? symbols->strings + offset : "";
}

const char *elf_symbols_name(const struct elf_symbols *symbols, const Elf64_Sym *symbol)
{
    return elf_symbols_string(symbols, symbol->st_name);
}

static bool elf_symbols_has_name(const struct elf_symbols *symbols, size_t index, const char *name)
{
    return strcmp(elf_symbols_name(symbols, &symbols->list[index]), name) == 0;
}

static bool may_be_there(const struct elf_hash *hash, uint32_t value)
{
    uint64_t word = hash->bloom[(value / 64) & (hash->bloom_count - 1)];
    return word >> value % 64 & word >> (value >> hash->bloom_shift) % 64 & 1;
}

static size_t look_up_gnu(
    const struct elf_symbols *symbols, const struct elf_hash *hash, const char *name, size_t index)
{
    uint32_t value = elf_hash_gnu(name);
    size_t next = index + 1;
    if (index == 0 && !may_be_there(hash, value))
        return 0;
    if (index == 0)
        next = hash->buckets[value % hash->bucket_count];
    else if (hash->chains[index - hash->first_symbol] & 1)
        return 0;
    for (; next >= hash->first_symbol && next < symbols->count; next++) {
        uint32_t chain = hash->chains[next - hash->first_symbol];
        if ((chain | 1) == (value | 1) && elf_symbols_has_name(symbols, next, name))
            return next;
        if (chain & 1)
            return 0;
    }
    return 0;
}

static size_t look_up_system_v(
    const struct elf_symbols *symbols, const struct elf_hash *hash, const char *name, size_t index)
{
    size_t next = index ? hash->chains[index]
                        : hash->buckets[elf_hash_system_v(name) % hash->bucket_count];
    /* All symbols may be in one chain. More steps mean that the chain is damaged and circular. */
    for (size_t steps = 0; next != 0 && next < hash->chain_count && steps < hash->chain_count;
         steps++) {
        if (elf_symbols_has_name(symbols, next, name))
            return next;
        next = hash->chains[next];
    }
    return 0;
}

size_t elf_symbols_look_up(
    const struct elf_symbols *symbols, const struct elf_hash *hash, const char *name, size_t index)
{
    if (hash->buckets == NULL)
        return 0;
    return hash->bloom ? look_up_gnu(symbols, hash, name, index)
                       : look_up_system_v(symbols, hash, name, index);
}
