/*
 * file.c - opens a file with libdwfl.
 *
 * Each file gets its own Dwfl and is placed where its program headers say. So an address in the
 * file is the same address in the module, whatever other files are open.
 */
#include "symbols/file.h"

#include <elfutils/libdwelf.h>
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Checks the names that dwfl_standard_find_debuginfo tries: see libdwfl.h. `link` may be
 * absolute. */
static bool debug_file_may_exist(const char *file_name, const char *link)
{
    static const char *const formats[] = {"%.*s/%s", "%.*s/.debug/%s", "/usr/lib/debug%.*s/%s"};
    const char *slash = file_name ? strrchr(file_name, '/') : NULL;
    const char *directory = slash ? file_name : ".";
    int length = slash ? (int)(slash - file_name) : 1;
    char path[PATH_MAX];

    if (!link)
        return false;
    if (*link == '/')
        return access(link, R_OK) == 0;
    for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
        int written = snprintf(path, sizeof(path), formats[i], length, directory, link);
        if (written > 0 && (size_t)written < sizeof(path) && access(path, R_OK) == 0)
            return true;
    }
    return false;
}

/* The standard search ends at debuginfod. Even if no server is configured, it then loads
 * libdebuginfod and the thirty libraries that this needs (elfutils before 0.190), which takes
 * longer than everything else. So it is called only if there is a file to find, and without a
 * server. */
static int find_debuginfo(Dwfl_Module *module, void **userdata, const char *module_name,
    Dwarf_Addr base, const char *file_name, const char *debuglink_file, GElf_Word debuglink_crc,
    char **debuginfo_file_name)
{
    int fd = dwfl_build_id_find_debuginfo(module, userdata, module_name, base, file_name,
        debuglink_file, debuglink_crc, debuginfo_file_name);
    if (fd >= 0 || !debug_file_may_exist(file_name, debuglink_file))
        return fd;

    const char *configured = getenv("DEBUGINFOD_URLS");
    char *servers = configured ? strdup(configured) : NULL;
    if (configured && !servers)
        return -1;
    unsetenv("DEBUGINFOD_URLS");
    fd = dwfl_standard_find_debuginfo(module, userdata, module_name, base, file_name,
        debuglink_file, debuglink_crc, debuginfo_file_name);
    if (servers)
        setenv("DEBUGINFOD_URLS", servers, 1);
    free(servers);
    return fd;
}

/* The kernel maps a whole ELF file, with the section headers at its end (vdso(7)). */
static size_t vdso_size(const Elf64_Ehdr *header)
{
    return header->e_shoff + (size_t)header->e_shnum * header->e_shentsize;
}

/* Returns a descriptor or -errno, as open_regular does. */
static int open_vdso(void)
{
    const Elf64_Ehdr *header = (const void *)getauxval(AT_SYSINFO_EHDR);
    if (!header)
        return -ENOENT;
    int fd = memfd_create("vdso", MFD_CLOEXEC);
    if (fd < 0)
        return -errno;
    size_t size = vdso_size(header);
    if (write(fd, header, size) == (ssize_t)size)
        return fd;
    close(fd);
    return -EIO;
}

/* A file without a build-id counts as another one if its device, inode or change time differs. */
static bool is_as_it_was(const struct stat *status, const struct file_identity *identity)
{
    uint64_t changed_ns = (uint64_t)status->st_ctim.tv_sec * 1000000000 +
                          (uint64_t)status->st_ctim.tv_nsec;

    return status->st_dev == identity->device && status->st_ino == identity->inode &&
           changed_ns == identity->changed_ns;
}

/* The path comes from another process: a pipe there must not block the tool. */
static int open_regular(const char *path, const struct file_identity *identity)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), error = 0;

    if (fd < 0)
        return -errno;
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))
        error = -ENOEXEC;
    else if (identity && !identity->build_id_size && !is_as_it_was(&status, identity))
        error = -ESTALE;
    if (error == 0)
        return fd;
    close(fd);
    return error;
}

static const char another_file[] =
    "the file there is not the one that ran (it was changed since, or the program saw other files)";

static const char *symbols_file_words_for(int error)
{
    switch (error) {
    case -ENOENT:
    case -ENOTDIR: return "no such file";
    case -EACCES:
    case -EPERM: return "permission denied";
    case -ENOEXEC: return "not a regular file";
    case -ESTALE: return another_file;
    default: return "cannot be opened";
    }
}

static bool has_build_id(Elf *elf, const struct file_identity *identity)
{
    const void *actual;
    ssize_t size = dwelf_elf_gnu_build_id(elf, &actual);

    return size >= 0 && (size_t)size >= identity->build_id_size &&
           memcmp(actual, identity->build_id, identity->build_id_size) == 0;
}

static int symbols_file_check(Elf *elf, const struct file_identity *identity, const char **why)
{
    GElf_Ehdr header;

    *why = NULL;
    if (!elf || !gelf_getehdr(elf, &header))
        *why = "not an ELF file";
    else if (header.e_type != ET_EXEC && header.e_type != ET_DYN)
        *why = "neither a program nor a shared object";
    else if (identity && identity->build_id_size && !has_build_id(elf, identity))
        *why = another_file;
    return *why ? -ENOEXEC : 0;
}

int symbols_file_open(struct symbols_file *file, const char *path,
    const struct file_identity *identity, const char **why)
{
    static const Dwfl_Callbacks callbacks = {
        .find_elf = dwfl_build_id_find_elf,
        .find_debuginfo = find_debuginfo,
        .section_address = dwfl_offline_section_address,
    };
    struct symbols_file opened = {0};
    GElf_Addr bias;

    int fd = strcmp(path, "[vdso]") == 0 ? open_vdso() : open_regular(path, identity);
    if (fd < 0) {
        *why = symbols_file_words_for(fd);
        return fd;
    }
    opened.dwfl = dwfl_begin(&callbacks);
    if (!opened.dwfl) {
        close(fd);
        *why = "out of memory";
        return -ENOMEM;
    }
    dwfl_report_begin(opened.dwfl);
    opened.module = dwfl_report_elf(opened.dwfl, path, path, fd, 0, true);
    if (!opened.module)
        close(fd); /* libdwfl takes it over only on success: libdwfl.h */
    dwfl_report_end(opened.dwfl, NULL, NULL);
    if (opened.module)
        opened.elf = dwfl_module_getelf(opened.module, &bias);
    int error = symbols_file_check(opened.elf, identity, why);
    if (error)
        symbols_file_close(&opened);
    else
        *file = opened;
    return error;
}

void symbols_file_close(struct symbols_file *file)
{
    if (file->dwfl)
        dwfl_end(file->dwfl);
    *file = (struct symbols_file){0};
}
