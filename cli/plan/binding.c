/*
 * binding.c - to which of a program's libraries the dynamic linker binds a reference.
 *
 * The rules are those of glibc, elf/dl-lookup.c: do_lookup_x and check_match. It takes the first
 * file that has the name in a suitable version, whatever kind of symbol that is. A file without
 * versions has all of them. A reference without a version takes a definition without one, or with
 * the file's first version (index 2), even a hidden one; otherwise the default version, if there is
 * only one. For dlsym the first version is like the others.
 */
#include "plan/binding.h"

#include <string.h>

#define VERSION_INDEX  0x7fff
#define VERSION_HIDDEN 0x8000
#define FIRST_VERSION  2

const char binding_old[] = "", binding_newest[] = "";

static unsigned version_word(const struct exports *file, const Elf64_Sym *symbol)
{
    const struct elf_image *image = &file->image;
    return image->versions ? image->versions[symbol - image->dynamic.list] : VER_NDX_GLOBAL;
}

static bool is_defined(const struct exports *file, const Elf64_Sym *symbol)
{
    unsigned binding = ELF64_ST_BIND(symbol->st_info);
    if (symbol->st_shndx == SHN_UNDEF || (version_word(file, symbol) & VERSION_INDEX) == 0)
        return false;
    switch (ELF64_ST_TYPE(symbol->st_info)) {
    case STT_NOTYPE:
    case STT_OBJECT:
    case STT_FUNC:
    case STT_COMMON:
    case STT_TLS:
    case STT_GNU_IFUNC:
        return binding == STB_GLOBAL || binding == STB_WEAK || binding == STB_GNU_UNIQUE;
    default: return false;
    }
}

/* Returns the next definition of this name in the file after index *at; NULL at the end. */
static const Elf64_Sym *next_in(const struct exports *file, const char *name, size_t *at)
{
    const struct elf_image *image = &file->image;
    while ((*at = elf_symbols_look_up(&image->dynamic, &image->hash, name, *at)) != 0)
        if (is_defined(file, &image->dynamic.list[*at]))
            return &image->dynamic.list[*at];
    return NULL;
}

static const char *version_of(const struct exports *file, const Elf64_Sym *symbol)
{
    size_t index = version_word(file, symbol) & VERSION_INDEX;
    return index < file->version_count ? file->version_names[index] : NULL;
}

static bool has_version(const struct exports *file, const Elf64_Sym *symbol, const char *version)
{
    unsigned word = version_word(file, symbol);
    if (file->image.versions == NULL || word == VER_NDX_GLOBAL)
        return true;
    const char *own = version_of(file, symbol);
    return own && strcmp(own, version) == 0;
}

static const Elf64_Sym *find_versioned(
    const struct exports *file, const char *name, const char *version)
{
    const Elf64_Sym *symbol;
    for (size_t at = 0; (symbol = next_in(file, name, &at)) != NULL;)
        if (has_version(file, symbol, version))
            return symbol;
    return NULL;
}

static const Elf64_Sym *find_unversioned(const struct exports *file, const char *name, bool is_old)
{
    const Elf64_Sym *symbol, *found = NULL;
    size_t count = 0;
    for (size_t at = 0; (symbol = next_in(file, name, &at)) != NULL;) {
        unsigned word = version_word(file, symbol);
        if ((word & VERSION_INDEX) < (is_old ? FIRST_VERSION + 1 : FIRST_VERSION))
            return symbol;
        if (!(word & VERSION_HIDDEN) && count++ == 0)
            found = symbol;
    }
    return count == 1 ? found : NULL;
}

struct definition binding_find(
    const struct exports *files, size_t count, const char *name, const char *version)
{
    bool is_unversioned = version == binding_old || version == binding_newest;
    for (size_t i = 0; i < count; i++) {
        const Elf64_Sym *symbol = is_unversioned
                                      ? find_unversioned(&files[i], name, version == binding_old)
                                      : find_versioned(&files[i], name, version);
        if (symbol)
            return (struct definition){&files[i], symbol};
    }
    return (struct definition){NULL, NULL};
}

bool binding_next(
    struct definition *at, const struct exports *files, size_t count, const char *name)
{
    size_t index = at->symbol ? (size_t)(at->symbol - at->file->image.dynamic.list) : 0;
    for (const struct exports *file = at->file ? at->file : files; file < files + count; file++) {
        const Elf64_Sym *symbol = next_in(file, name, &index);
        *at = (struct definition){file, symbol};
        if (symbol)
            return true;
        index = 0;
    }
    return false;
}

const char *binding_version(const struct definition *definition)
{
    return version_of(definition->file, definition->symbol);
}

bool binding_is_function(const struct definition *definition)
{
    unsigned type = ELF64_ST_TYPE(definition->symbol->st_info);
    return type == STT_FUNC || type == STT_GNU_IFUNC ||
           (type == STT_NOTYPE &&
               elf_image_code(&definition->file->image, definition->symbol->st_value));
}

static bool imports(const struct elf_image *image, const char *name)
{
    struct elf_symbols symbols = elf_image_all_dynamic(image);
    for (size_t i = 1; i < symbols.count; i++)
        if (symbols.list[i].st_shndx == SHN_UNDEF &&
            strcmp(elf_symbols_name(&symbols, &symbols.list[i]), name) == 0)
            return true;
    return false;
}

static bool binding_is_in(const uint8_t *at, struct elf_bytes bytes)
{
    return at >= bytes.bytes && at < bytes.bytes + bytes.size;
}

/* Returns whether the text, with its NUL, occurs in the bytes outside of the names of symbols. */
static bool has_text(struct elf_bytes bytes, struct elf_bytes names, const char *text)
{
    const uint8_t *at = bytes.bytes, *end = at + bytes.size;
    size_t size = strlen(text) + 1;
    for (; (at = memmem(at, (size_t)(end - at), text, size)) != NULL; at++)
        if (!binding_is_in(at, names))
            return true;
    return false;
}

/* Debugging information also contains the names of functions, but is not loaded. */
static bool has_loaded_text(const struct elf_image *image, const char *text)
{
    struct elf_bytes names = elf_image_section(image, ".dynstr");
    for (size_t i = 0; i < image->segment_count; i++) {
        const Elf64_Phdr *segment = &image->segments[i];
        struct elf_bytes bytes = elf_image_at(image, segment->p_vaddr);
        if (segment->p_type == PT_LOAD && bytes.bytes && has_text(bytes, names, text))
            return true;
    }
    return false;
}

bool binding_passes_on(const struct definition *definition, const char *name)
{
    const struct elf_image *image = &definition->file->image;
    return (imports(image, "dlsym") || imports(image, "dlvsym")) && has_loaded_text(image, name);
}
