/*
 * dwarf.c - finds the compilation unit of an address.
 *
 * The map is built from the ranges of all units, since clang omits .debug_aranges. Until an address
 * in a unit is looked up, only its first entry is read.
 */
#include "symbols/dwarf.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <errno.h>
#include <stdlib.h>

#include "base/array.h"
#include "symbols/file.h"
#include "symbols/ranges.h"
#include "symbols/unit.h"

struct unit {
    Dwarf_Die entry;
    struct symbols_unit *content; /* NULL until it is needed */
};

struct symbols_dwarf {
    struct demangler *demangler;
    Dwarf_Addr bias; /* addresses in the file minus those in the debugging information */
    struct unit *units;
    size_t unit_count, unit_capacity;
    struct symbols_ranges ranges; /* their values are indices in units[] */
};

static int append_unit(struct symbols_dwarf *dwarf, const Dwarf_Die *entry)
{
    if (array_reserve(
            &dwarf->units, dwarf->unit_count, 1, &dwarf->unit_capacity, sizeof *dwarf->units) != 0)
        return -ENOMEM;
    dwarf->units[dwarf->unit_count++] = (struct unit){.entry = *entry};
    return 0;
}

/* Functions that the linker has discarded are at address 0, where no code is. */
static int symbols_dwarf_add_ranges(struct symbols_dwarf *dwarf, Dwarf_Die *entry)
{
    Dwarf_Addr base, low, high;
    ptrdiff_t offset = 0;
    uint32_t unit = (uint32_t)dwarf->unit_count;
    int error = 0;

    while (!error && (offset = dwarf_ranges(entry, offset, &base, &low, &high)) > 0) {
        if (low)
            error = symbols_ranges_add(&dwarf->ranges, low, high, 0, unit);
    }
    return error;
}

static int map_units(struct symbols_dwarf *dwarf, Dwarf *data)
{
    Dwarf_CU *cu = NULL;
    Dwarf_Die entry;
    uint8_t type;
    int error = 0;

    while (!error && dwarf_get_units(data, cu, &cu, NULL, &type, &entry, NULL) == 0) {
        if (type != DW_UT_compile && type != DW_UT_skeleton)
            continue;
        error = symbols_dwarf_add_ranges(dwarf, &entry);
        if (!error)
            error = append_unit(dwarf, &entry);
    }
    return error ? error : symbols_ranges_seal(&dwarf->ranges);
}

struct symbols_dwarf *symbols_dwarf_create(
    const struct symbols_file *file, struct demangler *demangler, bool is_wanted)
{
    struct symbols_dwarf *dwarf = calloc(1, sizeof(*dwarf));

    if (!dwarf)
        return NULL;
    dwarf->demangler = demangler;
    Dwarf *data = is_wanted ? dwfl_module_getdwarf(file->module, &dwarf->bias) : NULL;
    if (data && map_units(dwarf, data) != 0) {
        symbols_dwarf_destroy(dwarf);
        return NULL;
    }
    return dwarf;
}

void symbols_dwarf_destroy(struct symbols_dwarf *dwarf)
{
    if (!dwarf)
        return;
    for (size_t i = 0; i < dwarf->unit_count; i++)
        symbols_unit_destroy(dwarf->units[i].content);
    symbols_ranges_finish(&dwarf->ranges);
    free(dwarf->units);
    free(dwarf);
}

int symbols_dwarf_chain(
    struct symbols_dwarf *dwarf, uint64_t address, struct symbol_frame **frames, size_t *count)
{
    uint32_t found = symbols_ranges_find(&dwarf->ranges, address - dwarf->bias);

    if (found == SYMBOLS_RANGES_NONE) {
        *frames = NULL;
        *count = 0;
        return 0;
    }
    struct unit *unit = &dwarf->units[found];
    if (!unit->content)
        unit->content = symbols_unit_create(&unit->entry);
    if (!unit->content)
        return -ENOMEM;
    return symbols_unit_chain(
        unit->content, dwarf->demangler, address - dwarf->bias, frames, count);
}
