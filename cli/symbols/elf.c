/*
 * elf.c - symbol tables, with one chosen name for a function that has several.
 */
#include "symbols/elf.h"

#include <errno.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "elf/frame.h"
#include "names/demangle.h"
#include "symbols/code.h"
#include "symbols/file.h"
#include "symbols/main.h"
#include "symbols/ranges.h"

struct symbol {
    uint64_t address, size;
    const char *name;
    unsigned char binding;
    bool is_typed;    /* certainly a function, not just a label */
    bool is_resolver; /* it returns the function that is to be called by this name */
};

struct symbols_elf {
    struct elf_image image; /* as symbols_code_image returns it */
    struct symbol *list;
    size_t count, capacity;
    struct symbols_ranges ranges; /* their values are indices in list[] */
};

static int symbols_elf_append(struct symbols_elf *elf, struct symbol symbol)
{
    if (array_reserve(&elf->list, elf->count, 1, &elf->capacity, sizeof *elf->list) != 0)
        return -ENOMEM;
    elf->list[elf->count++] = symbol;
    return 0;
}

/* A symbol without a size gets it later, from the unwind tables. */
static int symbols_elf_append_function(
    struct symbols_elf *elf, const char *name, uint64_t address, const GElf_Sym *symbol)
{
    unsigned char type = GELF_ST_TYPE(symbol->st_info);
    bool is_typed = type == STT_FUNC || type == STT_GNU_IFUNC;

    if (!name || !*name || symbol->st_shndx == SHN_UNDEF)
        return 0;
    if (!is_typed && type != STT_NOTYPE)
        return 0;
    return symbols_elf_append(
        elf, (struct symbol){address, symbol->st_size, name, GELF_ST_BIND(symbol->st_info),
                 is_typed, type == STT_GNU_IFUNC});
}

/* Appends .symtab and minidebuginfo if they exist, otherwise .dynsym. */
static int append_all_by_libdwfl(struct symbols_elf *elf, Dwfl_Module *module)
{
    int count = dwfl_module_getsymtab(module);

    for (int i = 0; i < count; i++) {
        GElf_Sym symbol;
        GElf_Addr address;
        const char *name = dwfl_module_getsym_info(module, i, &symbol, &address, NULL, NULL, NULL);
        if (symbols_elf_append_function(elf, name, address, &symbol) != 0)
            return -ENOMEM;
    }
    return 0;
}

/* Appends .dynsym, which may have more than a partly stripped .symtab. */
static int append_all_dynamic(struct symbols_elf *elf, Elf *file)
{
    Elf_Scn *section = NULL;
    GElf_Shdr header;

    while ((section = elf_nextscn(file, section)) != NULL) {
        if (gelf_getshdr(section, &header) && header.sh_type == SHT_DYNSYM)
            break;
    }
    Elf_Data *data = section ? elf_getdata(section, NULL) : NULL;
    GElf_Sym symbol;
    for (int i = 0; data && gelf_getsym(data, i, &symbol); i++) {
        const char *name = elf_strptr(file, header.sh_link, symbol.st_name);
        if (symbols_elf_append_function(elf, name, symbol.st_value, &symbol) != 0)
            return -ENOMEM;
    }
    return 0;
}

/* Sets the size of symbols without one, which are frequent in assembly. It comes from the unwind
 * table entry that contains the symbol or, for a mere label, that begins there. Without such an
 * entry the symbol has no bounds, so it names no address. */
static void symbols_elf_find_sizes(struct symbols_elf *elf)
{
    for (size_t i = 0; i < elf->count; i++) {
        struct symbol *symbol = &elf->list[i];
        if (symbol->size)
            continue;
        uint64_t end = elf_frame_end(&elf->image, symbol->address, !symbol->is_typed);
        symbol->size = end ? end - symbol->address : 0;
    }
}

static int append_main(struct symbols_elf *elf, Elf *file)
{
    struct symbol symbol = {.name = "main", .binding = STB_GLOBAL, .is_typed = true};

    for (size_t i = 0; i < elf->count; i++) {
        if (strcmp(elf->list[i].name, "main") == 0)
            return 0;
    }
    if (!symbols_main_find(file, &symbol.address, &symbol.size))
        return 0;
    return symbols_elf_append(elf, symbol);
}

static size_t underscores(const char *name)
{
    return strspn(name, "_");
}

/* Sorts by address, and at one address the preferred name last. C libraries define the names that
 * programs call as weak aliases (`read`) of reserved names (`__libc_read`), so underscores count
 * more than the binding. But a local name is in no caller's source, so it ranks below both. */
static int compare_symbols(const void *left, const void *right)
{
    const struct symbol *a = left, *b = right;
    bool a_is_local = a->binding == STB_LOCAL, b_is_local = b->binding == STB_LOCAL;
    bool a_is_weak = a->binding == STB_WEAK, b_is_weak = b->binding == STB_WEAK;
    size_t a_length = strlen(a->name), b_length = strlen(b->name);

    if (a->address != b->address)
        return a->address < b->address ? -1 : 1;
    if (a->is_typed != b->is_typed)
        return a->is_typed ? 1 : -1;
    if (a_is_local != b_is_local)
        return a_is_local ? -1 : 1;
    if (underscores(a->name) != underscores(b->name))
        return underscores(a->name) > underscores(b->name) ? -1 : 1;
    if (a_is_weak != b_is_weak)
        return a_is_weak ? -1 : 1;
    if (a_length != b_length)
        return a_length > b_length ? -1 : 1;
    return -strcmp(a->name, b->name);
}

static int fill(struct symbols_elf *elf, const struct symbols_file *file)
{
    elf->image = symbols_code_image(file->elf);
    int error = append_all_by_libdwfl(elf, file->module);
    if (!error)
        error = append_all_dynamic(elf, file->elf);
    if (!error)
        symbols_elf_find_sizes(elf);
    if (!error)
        error = append_main(elf, file->elf);
    if (error || !elf->count)
        return error;
    qsort(elf->list, elf->count, sizeof(*elf->list), compare_symbols);
    for (size_t i = 0; i < elf->count && !error; i++) {
        const struct symbol *symbol = &elf->list[i];
        error = symbols_ranges_add(
            &elf->ranges, symbol->address, symbol->address + symbol->size, i, i);
    }
    return error ? error : symbols_ranges_seal(&elf->ranges);
}

struct symbols_elf *symbols_elf_create(const struct symbols_file *file)
{
    struct symbols_elf *elf = calloc(1, sizeof(*elf));

    if (elf && fill(elf, file) != 0) {
        symbols_elf_destroy(elf);
        return NULL;
    }
    return elf;
}

void symbols_elf_destroy(struct symbols_elf *elf)
{
    if (!elf)
        return;
    symbols_ranges_finish(&elf->ranges);
    free(elf->list);
    free(elf);
}

const char *symbols_elf_find(const struct symbols_elf *elf, uint64_t address)
{
    uint32_t found = symbols_ranges_find(&elf->ranges, address);

    return found == SYMBOLS_RANGES_NONE ? NULL : elf->list[found].name;
}

bool symbols_elf_is_name(const char *symbol, const char *name)
{
    size_t length = demangle_linkage_length(symbol);

    return strncmp(symbol, name, length) == 0 && name[length] == '\0';
}

/* Names of one function in .symtab and .dynsym may differ in their versions. */
static bool is_same_name(const char *a, const char *b)
{
    size_t length = demangle_linkage_length(a);

    return length == demangle_linkage_length(b) && strncmp(a, b, length) == 0;
}

/* Symbols of one address are adjacent. */
struct same_start {
    size_t first, end; /* indices in list[] */
};

static struct same_start find_same_start(const struct symbols_elf *elf, size_t found)
{
    uint64_t start = elf->list[found].address;
    struct same_start same = {found, found + 1};

    while (same.first > 0 && elf->list[same.first - 1].address == start)
        same.first--;
    while (same.end < elf->count && elf->list[same.end].address == start)
        same.end++;
    return same;
}

bool symbols_elf_find_start(
    const struct symbols_elf *elf, uint64_t address, struct symbols_elf_start *start)
{
    uint32_t found = symbols_ranges_find(&elf->ranges, address);

    if (found == SYMBOLS_RANGES_NONE || elf->list[found].address != address)
        return false;
    const char *name = elf->list[found].name;
    *start = (struct symbols_elf_start){.name = name, .is_function = elf->list[found].is_typed};
    struct same_start same = find_same_start(elf, found);
    for (size_t i = same.first; i < same.end; i++) {
        start->is_function &= !elf->list[i].is_resolver;
        start->has_aliases |= !is_same_name(elf->list[i].name, name);
    }
    return true;
}

bool symbols_elf_names(
    const struct symbols_elf *elf, uint64_t address, const char ***names, size_t *count)
{
    uint32_t found = symbols_ranges_find(&elf->ranges, address);

    *names = NULL;
    *count = 0;
    if (found == SYMBOLS_RANGES_NONE)
        return true;
    struct same_start same = find_same_start(elf, found);
    *names = calloc(same.end - same.first, sizeof **names);
    if (!*names)
        return false;
    for (size_t i = same.first; i < same.end; i++)
        (*names)[(*count)++] = elf->list[i].name;
    return true;
}

bool symbols_elf_is_one_function(const struct symbols_elf *elf, uint64_t address)
{
    uint32_t found = symbols_ranges_find(&elf->ranges, address);

    return found != SYMBOLS_RANGES_NONE &&
           elf_frame_end(&elf->image, elf->list[found].address, true) != 0;
}
