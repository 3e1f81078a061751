/*
 * linkmap.c - looks symbols up in the loaded objects, without dlsym.
 */
#include "base/linkmap.h"

#include <elf.h>
#include <link.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/kernel.h"
#include "base/forbidden.h"

/* The parts of an object's dynamic section that are needed here. */
struct tables {
    uint64_t base;
    const ElfW(Sym) * symbols;
    const char *strings;
    const uint32_t *gnu_hash;
    const uint32_t *sysv_hash;
    const uint16_t *versions;
    const ElfW(Verdef) * definitions;
    size_t definition_count;
};

bool linkmap_is_of_glibc(void)
{
    return &_r_debug != NULL && &__libc_stack_end != NULL;
}

/* A variable of musl, for debuggers: its objects begin as those of link.h do. Stubs must find the
 * functions behind them there, too. */
extern const struct r_debug *_dl_debug_addr __attribute__((weak));

struct link_map *linkmap_first(void)
{
    if (__builtin_expect(&_r_debug != NULL, 1))
        return _r_debug.r_map;
    return &_dl_debug_addr ? _dl_debug_addr->r_map : NULL;
}

struct link_map *linkmap_of(uint64_t address)
{
    struct link_map *best = NULL;
    for (struct link_map *map = linkmap_first(); map; map = map->l_next)
        if (map->l_addr <= address && (best == NULL || map->l_addr >= best->l_addr))
            best = map;
    return best;
}

struct link_map *linkmap_interposer(void)
{
    return scoped_trace_hooks ? linkmap_of((uint64_t)scoped_trace_hooks) : NULL;
}

/* The dynamic linker adds the load address to these pointers in place, except where the
 * section is read-only (the vdso). */
static uint64_t pointer_of(const struct link_map *map, const ElfW(Dyn) * entry)
{
    uint64_t pointer = entry->d_un.d_ptr;
    return pointer < map->l_addr ? pointer + map->l_addr : pointer;
}

static bool read_tables(const struct link_map *map, struct tables *tables)
{
    *tables = (struct tables){.base = map->l_addr};
    if (map->l_ld == NULL)
        return false;
    for (const ElfW(Dyn) *entry = map->l_ld; entry->d_tag != DT_NULL; entry++) {
        switch (entry->d_tag) {
        case DT_SYMTAB: tables->symbols = (const void *)pointer_of(map, entry); break;
        case DT_STRTAB: tables->strings = (const void *)pointer_of(map, entry); break;
        case DT_GNU_HASH: tables->gnu_hash = (const void *)pointer_of(map, entry); break;
        case DT_HASH: tables->sysv_hash = (const void *)pointer_of(map, entry); break;
        case DT_VERSYM: tables->versions = (const void *)pointer_of(map, entry); break;
        case DT_VERDEF: tables->definitions = (const void *)pointer_of(map, entry); break;
        case DT_VERDEFNUM: tables->definition_count = entry->d_un.d_val; break;
        default: break;
        }
    }
    return tables->symbols && tables->strings && (tables->gnu_hash || tables->sysv_hash);
}

static const char *version_name(const struct tables *tables, unsigned index)
{
    const ElfW(Verdef) *definition = tables->definitions;
    for (size_t i = 0; definition && i < tables->definition_count; i++) {
        if (definition->vd_ndx == index) {
            const ElfW(
                Verdaux) *name = (const void *)((const char *)definition + definition->vd_aux);
            return tables->strings + name->vda_name;
        }
        definition = (const void *)((const char *)definition + definition->vd_next);
    }
    return NULL;
}

#define VERSION_HIDDEN 0x8000u
#define VERSION_GLOBAL 1u

/* The same decision as the dynamic linker's (glibc, elf/dl-lookup.c): an object without versions
 * has every version; the base version (index 1) matches any wanted version. */
static bool has_version(const struct tables *tables, uint32_t symbol, const char *version)
{
    if (tables->versions == NULL)
        return true;
    unsigned entry = tables->versions[symbol];
    unsigned index = entry & ~VERSION_HIDDEN;
    if (version == NULL)
        return !(entry & VERSION_HIDDEN);
    if (index == VERSION_GLOBAL)
        return true;
    const char *name = version_name(tables, index);
    return name != NULL && text_equal(name, version);
}

static bool is_match(
    const struct tables *tables, uint32_t index, const char *name, const char *version)
{
    const ElfW(Sym) *symbol = &tables->symbols[index];
    unsigned type = ELF64_ST_TYPE(symbol->st_info);
    if (symbol->st_shndx == SHN_UNDEF || symbol->st_value == 0)
        return false;
    if (type != STT_FUNC && type != STT_GNU_IFUNC && type != STT_NOTYPE)
        return false;
    return text_equal(tables->strings + symbol->st_name, name) &&
           has_version(tables, index, version);
}

static uint32_t find_by_gnu_hash(const struct tables *tables, const char *name, const char *version)
{
    uint32_t hash = 5381;
    for (const unsigned char *c = (const unsigned char *)name; *c; c++)
        hash = hash * 33 + *c;
    const uint32_t *header = tables->gnu_hash;
    uint32_t bucket_count = header[0], first = header[1], bloom_size = header[2];
    const uint64_t *bloom = (const uint64_t *)(header + 4);
    const uint32_t *buckets = (const uint32_t *)(bloom + bloom_size);
    const uint32_t *chain = buckets + bucket_count;
    if (bucket_count == 0)
        return 0;
    uint64_t word = bloom[(hash / 64) & (bloom_size - 1)];
    if (!(word >> (hash % 64) & word >> ((hash >> header[3]) % 64) & 1))
        return 0;
    for (uint32_t index = buckets[hash % bucket_count]; index >= first; index++) {
        uint32_t entry = chain[index - first];
        if ((entry | 1) == (hash | 1) && is_match(tables, index, name, version))
            return index;
        if (entry & 1)
            break;
    }
    return 0;
}

static uint32_t find_by_sysv_hash(
    const struct tables *tables, const char *name, const char *version)
{
    uint32_t hash = 0;
    for (const unsigned char *c = (const unsigned char *)name; *c; c++) {
        hash = (hash << 4) + *c;
        hash = (hash ^ (hash & 0xf0000000) >> 24) & 0x0fffffff;
    }
    const uint32_t *buckets = tables->sysv_hash + 2, *chain = buckets + tables->sysv_hash[0];
    if (tables->sysv_hash[0] == 0)
        return 0;
    for (uint32_t index = buckets[hash % tables->sysv_hash[0]]; index; index = chain[index])
        if (is_match(tables, index, name, version))
            return index;
    return 0;
}

/* An IFUNC's symbol is a function, the resolver, that returns the real function's address. */
struct indirect {
    uint64_t function;
};

static void resolve_indirect(void *argument)
{
    struct indirect *indirect = argument;
    indirect->function = ((uint64_t(*)(void))indirect->function)();
}

/* Not inlined, so that only look-ups of an IFUNC need stack for the vector registers. */
__attribute__((noinline)) static uint64_t what_it_stands_for(uint64_t resolver)
{
    struct indirect indirect = {resolver};
    arch_call_saving_here(resolve_indirect, &indirect);
    return indirect.function;
}

uint64_t linkmap_find_symbol_in(struct link_map *only, const char *name, const char *version)
{
    struct tables tables;
    if (!read_tables(only, &tables))
        return 0;
    uint32_t index = tables.gnu_hash ? find_by_gnu_hash(&tables, name, version)
                                     : find_by_sysv_hash(&tables, name, version);
    if (index == 0)
        return 0;
    uint64_t found = tables.base + tables.symbols[index].st_value;
    bool is_indirect = ELF64_ST_TYPE(tables.symbols[index].st_info) == STT_GNU_IFUNC;
    return is_indirect ? what_it_stands_for(found) : found;
}

uint64_t linkmap_find_symbol(struct link_map *from, const char *name, const char *version)
{
    const struct link_map *interposer = linkmap_interposer();
    for (struct link_map *map = from; map; map = map->l_next) {
        uint64_t address = map == interposer ? 0 : linkmap_find_symbol_in(map, name, version);
        if (address)
            return address;
    }
    return 0;
}

uint64_t linkmap_find_after(uint64_t address, const char *name, const char *version)
{
    struct link_map *map = linkmap_of(address);
    return map ? linkmap_find_symbol(map->l_next, name, version) : 0;
}

uint64_t linkmap_find_next(const char *name, const char *version)
{
    return linkmap_find_after((uint64_t)linkmap_find_next, name, version);
}
