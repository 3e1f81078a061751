/*
 * callees.c - finds what leads to functions that look at their caller, in one file.
 */
#include "planner/callees.h"

#include <elf.h>
#include <stdbool.h>
#include <string.h>

#include "arch/caller_seen.h"
#include "elf/image.h"

static bool is_one_of(const char *const *names, const char *name)
{
    while (*names && strcmp(*names, name) != 0)
        names++;
    return *names;
}

static bool is_profiler(const char *name)
{
    static const char *const names[] = {"mcount", "_mcount", "__fentry__", NULL};
    return is_one_of(names, name);
}

static bool is_seeing(const char *name)
{
    static const char *const names[] = {"dlopen", "dlmopen", "dlsym", "dlvsym", "dl_iterate_phdr",
        "setjmp", "_setjmp", "sigsetjmp", "__sigsetjmp", "getcontext", "swapcontext", "vfork",
        "__vfork", NULL};
    return is_one_of(names, name);
}

static void callees_add(struct caller_seen_list *list, uint64_t address)
{
    if (list->count < CALLER_SEEN_MAX)
        list->addresses[list->count++] = address;
}

static void look_at_relocations(
    struct caller_seen_calls *calls, const struct elf_image *image, const char *section)
{
    struct elf_bytes bytes = elf_image_section(image, section);
    struct elf_symbols symbols = elf_image_all_dynamic(image);
    const Elf64_Rela *list = elf_bytes_at(bytes, 0, bytes.size, 8);
    if ((uintptr_t)list % 8 != 0)
        return;
    for (size_t i = 0; list && i < bytes.size / sizeof *list; i++) {
        size_t symbol = ELF64_R_SYM(list[i].r_info);
        if (symbol == 0 || symbol >= symbols.count)
            continue;
        const char *name = elf_symbols_name(&symbols, &symbols.list[symbol]);
        if (is_profiler(name))
            callees_add(&calls->profiler_slots, list[i].r_offset);
        if (is_seeing(name))
            callees_add(&calls->seeing_slots, list[i].r_offset);
    }
}

static void callees_look_at_symbols(
    struct caller_seen_calls *calls, const struct elf_symbols *symbols)
{
    for (size_t i = 0; i < symbols->count; i++) {
        const Elf64_Sym *symbol = &symbols->list[i];
        if (symbol->st_shndx != SHN_UNDEF && is_profiler(elf_symbols_name(symbols, symbol)))
            callees_add(&calls->profilers, symbol->st_value);
    }
}

void callees_find(struct caller_seen_calls *calls, const struct elf_image *image)
{
    memset(calls, 0, sizeof *calls);
    look_at_relocations(calls, image, ".rela.plt");
    look_at_relocations(calls, image, ".rela.dyn");
    callees_look_at_symbols(calls, &image->all);
    callees_look_at_symbols(calls, &image->dynamic);
}
