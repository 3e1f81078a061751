/*
 * c_library.c - which files belong to the C library.
 *
 * A name proves little: Debian's libmemusage.so, or a wrapper with the name librt.so.1, does not
 * belong to it. So the file must have glibc's versions, and no others.
 */
#include "elf/c_library.h"

#include <stddef.h>
#include <string.h>

#include "arch/machine.h"
#include "elf/image.h"

static bool c_library_has_name(const char *soname)
{
    static const char *const names[] = {"libc.so.6", "libpthread.so.0", "libdl.so.2", "librt.so.1",
        "libm.so.6", "libresolv.so.2", "libanl.so.1", "libnsl.so.1", "libutil.so.1", "libmvec.so.1",
        "libBrokenLocale.so.1", "libthread_db.so.1", "libnss_files.so.2", "libnss_dns.so.2",
        "libnss_compat.so.2", "libnss_hesiod.so.2", ARCH_LINKER_NAME};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], soname) == 0)
            return true;
    return false;
}

/* A position in the list of the versions that a file defines. */
struct version_cursor {
    size_t offset, number;
    bool is_at_end;
};

/* Returns the name of the next version, NULL at the end or if the list is damaged. *is_base says
 * whether it is the file's own name. */
static const char *next_version(
    const struct elf_image *image, struct version_cursor *at, bool *is_base)
{
    if (at->is_at_end || at->number == image->definition_count)
        return NULL;
    const Elf64_Verdef *version = elf_bytes_at(image->definitions, at->offset, sizeof *version, 4);
    const Elf64_Verdaux *name = NULL;
    if (version)
        name = elf_bytes_at(image->definitions, at->offset + version->vd_aux, sizeof *name, 4);
    if (name == NULL)
        return NULL;
    *is_base = version->vd_flags & VER_FLG_BASE;
    at->number++;
    at->is_at_end = version->vd_next == 0;
    at->offset += version->vd_next;
    return elf_symbols_string(&image->dynamic, name->vda_name);
}

/* Returns whether it defines GLIBC_ versions and, besides its own name (the base version), no
 * others. */
static bool has_versions(const struct elf_image *image)
{
    const char *prefix = "GLIBC_", *name;
    struct version_cursor at = {0};
    bool is_any = false, is_base;
    while ((name = next_version(image, &at, &is_base)) != NULL) {
        if (!is_base && strncmp(name, prefix, strlen(prefix)) != 0)
            return false;
        is_any |= !is_base;
    }
    return is_any && (at.is_at_end || at.number == image->definition_count);
}

bool c_library_defines(const struct elf_image *image, const char *version)
{
    const char *name;
    struct version_cursor at = {0};
    bool is_base;
    while ((name = next_version(image, &at, &is_base)) != NULL)
        if (strcmp(name, version) == 0)
            return true;
    return false;
}

bool c_library_is(const struct elf_image *image)
{
    return image->soname && c_library_has_name(image->soname) && has_versions(image);
}
