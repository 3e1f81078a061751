/*
 * definitions.c - which file of a process defines a function that others call by its name.
 */
#include "elf/definitions.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "elf/image.h"

struct definitions_file {
    char *path; /* malloc'ed */
    struct file_identity identity;
    struct elf_image image; /* empty if the file cannot be read, or is another one by now */
    bool is_open;
};

struct known_name {
    char *name; /* malloc'ed */
    struct definition definition;
};

static bool has_file(
    const struct definitions *definitions, const char *path, const struct file_identity *identity)
{
    for (size_t i = 0; i < definitions->count; i++) {
        const struct definitions_file *file = &definitions->files[i];
        if (memcmp(&file->identity, identity, sizeof *identity) == 0 &&
            strcmp(file->path, path) == 0)
            return true;
    }
    return false;
}

bool definitions_add(
    struct definitions *definitions, const char *path, const struct file_identity *identity)
{
    if (has_file(definitions, path, identity))
        return true;
    if (array_reserve(&definitions->files, definitions->count, 1, &definitions->room,
            sizeof *definitions->files) != 0)
        return false;
    struct definitions_file file = {.path = strdup(path), .identity = *identity};
    if (file.path == NULL)
        return false;
    definitions->files[definitions->count++] = file;
    return true;
}

static void definitions_forget(void *data)
{
    struct known_name *known = data;
    free(known->name);
    free(known);
}

static void finish_file(struct definitions_file *file)
{
    elf_image_close(&file->image);
    free(file->path);
}

void definitions_finish(struct definitions *definitions)
{
    for (size_t i = 0; i < definitions->count; i++)
        finish_file(&definitions->files[i]);
    free(definitions->files);
    tdestroy(definitions->known, definitions_forget);
    *definitions = (struct definitions){.count = 0};
}

static bool definitions_is_file(const struct elf_image *image, const struct file_identity *identity)
{
    struct elf_bytes build_id = elf_image_build_id(image);
    return build_id.size >= identity->build_id_size &&
           (identity->build_id_size == 0 ||
               memcmp(build_id.bytes, identity->build_id, identity->build_id_size) == 0);
}

static void open_file(struct definitions_file *file)
{
    file->is_open = true;
    if (elf_image_open(&file->image, file->path) == 0 &&
        !definitions_is_file(&file->image, &file->identity))
        elf_image_close(&file->image);
}

static bool has_aliases(const struct elf_symbols *symbols, const Elf64_Sym *wanted)
{
    const char *name = elf_symbols_name(symbols, wanted);
    for (size_t i = 0; i < symbols->count; i++) {
        const Elf64_Sym *symbol = &symbols->list[i];
        if (symbol->st_value == wanted->st_value && symbol->st_shndx == wanted->st_shndx &&
            strcmp(elf_symbols_name(symbols, symbol), name) != 0)
            return true;
    }
    return false;
}

/* Adds what the file defines under this name, which may have several versions. Returns false if
 * that is not the only definition, or no ordinary function. */
static bool look_in(struct definitions_file *file, const char *name, struct definition *found)
{
    if (!file->is_open)
        open_file(file);
    const struct elf_symbols *symbols = &file->image.dynamic;
    for (size_t at = 0; (at = elf_symbols_look_up(symbols, &file->image.hash, name, at)) != 0;) {
        const Elf64_Sym *symbol = &symbols->list[at];
        if (symbol->st_shndx == SHN_UNDEF)
            continue;
        if (ELF64_ST_TYPE(symbol->st_info) != STT_FUNC ||
            (found->path && found->path != file->path))
            return false;
        *found = (struct definition){file->path, symbol->st_value, has_aliases(symbols, symbol)};
    }
    return true;
}

static struct definition look_in_all(struct definitions *definitions, const char *name)
{
    struct definition found = {.path = NULL};
    for (size_t i = 0; i < definitions->count; i++)
        if (!look_in(&definitions->files[i], name, &found))
            return (struct definition){.path = NULL};
    return found;
}

static int definitions_compare_names(const void *left, const void *right)
{
    const struct known_name *a = left, *b = right;
    return strcmp(a->name, b->name);
}

/* Without memory, it is looked for again. */
static void definitions_remember(
    struct definitions *definitions, const char *name, const struct definition *definition)
{
    struct known_name *known = malloc(sizeof *known);
    if (known == NULL)
        return;
    *known = (struct known_name){strdup(name), *definition};
    if (known->name == NULL ||
        tsearch(known, &definitions->known, definitions_compare_names) == NULL)
        definitions_forget(known);
}

struct definition definitions_find(struct definitions *definitions, const char *name)
{
    struct known_name key = {.name = (char *)name};
    struct known_name **known = tfind(&key, &definitions->known, definitions_compare_names);
    if (known)
        return (*known)->definition;
    struct definition found = look_in_all(definitions, name);
    definitions_remember(definitions, name, &found);
    return found;
}
