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

/* Returns whether it defines GLIBC_ versions and, besides its own name (the base version), no
 * others. */
static bool has_versions(const struct elf_image *image)
{
    const char *prefix = "GLIBC_";
    bool is_any = false;
    size_t offset = 0;
    for (size_t i = 0; i < image->definition_count; i++) {
        const Elf64_Verdef *version = elf_bytes_at(image->definitions, offset, sizeof *version, 4);
        const Elf64_Verdaux *name = NULL;
        if (version)
            name = elf_bytes_at(image->definitions, offset + version->vd_aux, sizeof *name, 4);
        if (name == NULL)
            return false;
        bool is_base = version->vd_flags & VER_FLG_BASE;
        const char *text = elf_symbols_string(&image->dynamic, name->vda_name);
        if (!is_base && strncmp(text, prefix, strlen(prefix)) != 0)
            return false;
        is_any |= !is_base;
        if (version->vd_next == 0)
            break;
        offset += version->vd_next;
    }
    return is_any;
}

bool c_library_is(const struct elf_image *image)
{
    return image->soname && c_library_has_name(image->soname) && has_versions(image);
}
