/*
 * exports.c - the symbols that an ELF file defines, each with its version.
 *
 * Versions: "ELF Symbol Versioning" by Drepper, and the Linux Standard Base, "Symbol Versioning".
 */
#include "elf/exports.h"

#include <errno.h>
#include <stdlib.h>

#include "base/array.h"

#define VERSION_INDEX  0x7fff /* without the bit that hides a version */
#define VERSION_HIDDEN 0x8000

static int name_version(struct exports *exports, size_t index, const char *name)
{
    size_t count = exports->version_count, more = index < count ? 0 : index + 1 - count;
    if (array_reserve(&exports->version_names, count, more, &exports->version_room,
            sizeof *exports->version_names) != 0)
        return -ENOMEM;
    while (exports->version_count <= index)
        exports->version_names[exports->version_count++] = NULL;
    exports->version_names[index] = name;
    return 0;
}

static int read_version_names(struct exports *exports)
{
    struct elf_bytes definitions = exports->image.definitions;
    size_t offset = 0;
    for (size_t i = 0; i < exports->image.definition_count; i++) {
        const Elf64_Verdef *definition = elf_bytes_at(definitions, offset, sizeof *definition, 4);
        const Elf64_Verdaux *name = NULL;
        if (definition)
            name = elf_bytes_at(definitions, offset + definition->vd_aux, sizeof *name, 4);
        if (name == NULL)
            return -ENOEXEC;
        /* The base definition names the file and is no symbol's version. */
        if (!(definition->vd_flags & VER_FLG_BASE)) {
            int error = name_version(exports, definition->vd_ndx & VERSION_INDEX,
                elf_symbols_string(&exports->image.dynamic, name->vda_name));
            if (error != 0)
                return error;
        }
        if (definition->vd_next == 0)
            break;
        offset += definition->vd_next;
    }
    return 0;
}

int exports_open(struct exports *exports, const char *path)
{
    struct exports opened = {.version_count = 0};
    int error = elf_image_open(&opened.image, path);
    if (error != 0)
        return error;
    error = read_version_names(&opened);
    if (error == 0)
        *exports = opened;
    else
        exports_close(&opened);
    return error;
}

void exports_close(struct exports *exports)
{
    free(exports->version_names);
    elf_image_close(&exports->image);
    *exports = (struct exports){.version_count = 0};
}

static bool is_offered(const Elf64_Sym *symbol)
{
    unsigned type = ELF64_ST_TYPE(symbol->st_info);
    return symbol->st_shndx != SHN_UNDEF &&
           (type == STT_FUNC || type == STT_GNU_IFUNC || type == STT_OBJECT);
}

bool exports_next(const struct exports *exports, size_t *at, struct exported *out)
{
    const struct elf_image *image = &exports->image;
    for (size_t i = *at; i < image->dynamic.count; i++) {
        const Elf64_Sym *symbol = &image->dynamic.list[i];
        unsigned version = image->versions ? image->versions[i] : VER_NDX_GLOBAL;
        size_t index = version & VERSION_INDEX;
        if (!is_offered(symbol) || index == VER_NDX_LOCAL)
            continue;
        out->name = elf_symbols_name(&image->dynamic, symbol);
        out->version = index < exports->version_count ? exports->version_names[index] : NULL;
        out->is_default = !(version & VERSION_HIDDEN);
        out->address = symbol->st_value;
        out->is_function = ELF64_ST_TYPE(symbol->st_info) != STT_OBJECT;
        *at = i + 1;
        return true;
    }
    *at = image->dynamic.count;
    return false;
}
