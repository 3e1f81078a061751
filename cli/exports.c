/*
 * exports.c - the symbols that an ELF file defines, each with its version.
 *
 * Libraries have many symbols and the user is waiting for his program: the tables
 * are read in place, in a mapping of the file. Versions: "ELF Symbol
 * Versioning" by Drepper, and the Linux Standard Base, "Symbol Versioning".
 */
#include "exports.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define VERSION_INDEX  0x7fff /* the rest of a version word */
#define VERSION_HIDDEN 0x8000

static const char *string_at(const struct exports *exports, size_t offset)
{
    return offset < exports->strings_size ? exports->strings + offset : "";
}

static Elf_Scn *find_section(Elf *elf, uint32_t type, GElf_Shdr *header)
{
    Elf_Scn *section = NULL;
    while ((section = elf_nextscn(elf, section)) != NULL)
        if (gelf_getshdr(section, header) != NULL && header->sh_type == type)
            return section;
    return NULL;
}

static int read_strings(struct exports *exports, size_t section)
{
    Elf_Data *data = elf_getdata(elf_getscn(exports->elf, section), NULL);
    if (data == NULL || data->d_size == 0)
        return -ENOEXEC;
    exports->strings = data->d_buf;
    exports->strings_size = data->d_size;
    return exports->strings[data->d_size - 1] == '\0' ? 0 : -ENOEXEC;
}

static int read_symbols(struct exports *exports)
{
    GElf_Shdr header;
    Elf_Scn *section = find_section(exports->elf, SHT_DYNSYM, &header);
    if (section == NULL)
        return 0;
    Elf_Data *data = elf_getdata(section, NULL);
    if (data == NULL)
        return -ENOEXEC;
    exports->symbols = data->d_buf;
    exports->symbol_count = data->d_size / sizeof(Elf64_Sym);
    return read_strings(exports, header.sh_link);
}

static int name_version(struct exports *exports, size_t index, const char *name)
{
    if (index >= exports->version_count) {
        const char **names = reallocarray(exports->version_names, index + 1, sizeof *names);
        if (names == NULL)
            return -ENOMEM;
        while (exports->version_count <= index)
            names[exports->version_count++] = NULL;
        exports->version_names = names;
    }
    exports->version_names[index] = name;
    return 0;
}

static int read_version_names(struct exports *exports)
{
    GElf_Shdr header;
    Elf_Scn *section = find_section(exports->elf, SHT_GNU_verdef, &header);
    Elf_Data *data = section ? elf_getdata(section, NULL) : NULL;
    int offset = 0;
    for (size_t i = 0; data != NULL && i < header.sh_info; i++) {
        GElf_Verdef definition;
        GElf_Verdaux name;
        if (gelf_getverdef(data, offset, &definition) == NULL ||
            gelf_getverdaux(data, offset + (int)definition.vd_aux, &name) == NULL)
            return -ENOEXEC;
        /* The base definition names the file and versions no symbol. */
        if (!(definition.vd_flags & VER_FLG_BASE)) {
            int error = name_version(
                exports, definition.vd_ndx & VERSION_INDEX, string_at(exports, name.vda_name));
            if (error != 0)
                return error;
        }
        if (definition.vd_next == 0)
            break;
        offset += (int)definition.vd_next;
    }
    return 0;
}

static int read_versions(struct exports *exports)
{
    GElf_Shdr header;
    Elf_Scn *section = find_section(exports->elf, SHT_GNU_versym, &header);
    Elf_Data *data = section ? elf_getdata(section, NULL) : NULL;
    if (data == NULL)
        return 0;
    if (data->d_size / sizeof(Elf64_Half) < exports->symbol_count)
        return -ENOEXEC;
    exports->versions = data->d_buf;
    return read_version_names(exports);
}

/* Maps the file for good: to unmap it takes longer than to find what is looked for in it (100 us
 * and more), the user is waiting, and there are as many files as the program has libraries. */
static int map_file(const char *path, void **bytes, size_t *size)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    *bytes = MAP_FAILED;
    if (fstat(fd, &status) == 0)
        *bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    int error = *bytes == MAP_FAILED ? -errno : 0;
    close(fd);
    *size = (size_t)status.st_size;
    return error == -EINVAL ? -ENOEXEC : error; /* it is empty */
}

int exports_open(struct exports *exports, const char *path)
{
    struct exports opened = {.elf = NULL};
    void *bytes;
    size_t size = 0;
    int error = map_file(path, &bytes, &size);
    if (error != 0)
        return error;
    elf_version(EV_CURRENT);
    opened.elf = elf_memory(bytes, size);
    error = -ENOEXEC;
    GElf_Ehdr header;
    if (opened.elf == NULL || gelf_getehdr(opened.elf, &header) == NULL ||
        header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_machine != EM_X86_64)
        goto out;
    error = read_symbols(&opened);
    if (error == 0)
        error = read_versions(&opened);
out:
    if (error == 0)
        *exports = opened;
    else
        exports_close(&opened);
    return error;
}

void exports_close(struct exports *exports)
{
    free(exports->version_names);
    elf_end(exports->elf);
    *exports = (struct exports){.elf = NULL};
}

static bool is_offered(const Elf64_Sym *symbol)
{
    unsigned type = ELF64_ST_TYPE(symbol->st_info);
    return symbol->st_shndx != SHN_UNDEF &&
           (type == STT_FUNC || type == STT_GNU_IFUNC || type == STT_OBJECT);
}

bool exports_next(const struct exports *exports, size_t *at, struct exported *out)
{
    for (size_t i = *at; i < exports->symbol_count; i++) {
        const Elf64_Sym *symbol = &exports->symbols[i];
        unsigned version = exports->versions ? exports->versions[i] : VER_NDX_GLOBAL;
        size_t index = version & VERSION_INDEX;
        if (!is_offered(symbol) || index == VER_NDX_LOCAL)
            continue;
        out->name = string_at(exports, symbol->st_name);
        out->version = index < exports->version_count ? exports->version_names[index] : NULL;
        out->is_default = !(version & VERSION_HIDDEN);
        out->address = symbol->st_value;
        out->is_function = ELF64_ST_TYPE(symbol->st_info) != STT_OBJECT;
        *at = i + 1;
        return true;
    }
    *at = exports->symbol_count;
    return false;
}
