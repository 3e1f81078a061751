/*
 * executable.c - whether a file will load the library when it is executed.
 */
#include "hook/executable.h"

#include <asm/errno.h>
#include <elf.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/kernel.h"
#include "base/text.h"
#include "trace_format.h"
#include "base/forbidden.h"

#define SCRIPT_DEPTH_MAX 5   /* execve(2): interpreters that are scripts themselves */
#define HEAD_SIZE        256 /* how much of a script the kernel reads (BINPRM_BUF_SIZE) */
#define SEGMENTS_MAX     128

#ifndef ST_NOSUID
#define ST_NOSUID 2 /* statfs(2), f_flags */
#endif

/* A file, and the part of it that was read last; first its beginning. */
struct look {
    long fd;
    bool is_ours; /* it was opened here */
    long size;    /* of the part that was read, or -errno */
    union {
        char bytes[HEAD_SIZE + 1];
        Elf64_Ehdr header;
        Elf64_Phdr segments[HEAD_SIZE / sizeof(Elf64_Phdr)];
    };
};

static bool read_at(struct look *look, uint64_t offset, uint64_t size)
{
    if (size > HEAD_SIZE)
        size = HEAD_SIZE;
    look->size = KERNEL_CALL4(SYS_pread64, look->fd, look->bytes, size, offset);
    look->bytes[look->size > 0 ? look->size : 0] = '\0';
    return look->size > 0;
}

static const char *base_name(const char *path)
{
    const char *base = path;
    for (; *path; path++)
        if (*path == '/')
            base = path + 1;
    return base;
}

/* Recognises a dynamic linker by its base name, because packages put it in directories of their
 * own. */
static uint32_t look_at_linker(const char *path)
{
    const char *base = base_name(path);
    if (arch_is_linker(base))
        return TRACE_UNTRACED_NOT;
    return text_begins_with(base, "ld-musl") ? TRACE_UNTRACED_MUSL : TRACE_UNTRACED_LINKER;
}

/* Sets *found to the segment with the dynamic linker's name. Returns false if the file cannot be
 * read. */
static bool find_interpreter(struct look *look, Elf64_Phdr *found)
{
    const uint64_t size = sizeof(Elf64_Phdr);
    uint64_t offset = look->header.e_phoff, count = look->header.e_phnum;
    found->p_type = PT_NULL;
    for (uint64_t i = 0; i < count && i < SEGMENTS_MAX; offset += look->size) {
        uint64_t left = (count - i) * size, many = HEAD_SIZE / size * size;
        if (!read_at(look, offset, left < many ? left : many) || look->size < (long)size)
            return false;
        look->size = look->size / (long)size * (long)size;
        for (unsigned k = 0; k < look->size / size; k++, i++) {
            if (look->segments[k].p_type != PT_INTERP)
                continue;
            *found = look->segments[k];
            return true;
        }
    }
    return true;
}

/* `as_linker` is the reason if the file is itself a dynamic linker: that has no interpreter, but
 * runs the program that its arguments name. */
static uint32_t look_at_elf(struct look *look, uint32_t as_linker)
{
    Elf64_Phdr interpreter;
    unsigned machine = look->header.e_machine; /* at the same place in both classes */
    if (look->header.e_ident[EI_CLASS] == ELFCLASS32)
        return arch_runs_32_bit(machine) ? TRACE_UNTRACED_32_BIT : TRACE_UNTRACED_PROCESSOR;
    if (machine != ARCH_MACHINE)
        return TRACE_UNTRACED_PROCESSOR;
    if (look->size < (long)sizeof look->header || look->header.e_phentsize != sizeof(Elf64_Phdr) ||
        !find_interpreter(look, &interpreter))
        return TRACE_UNTRACED_NOT;
    if (interpreter.p_type != PT_INTERP)
        return as_linker == TRACE_UNTRACED_LINKER ? TRACE_UNTRACED_STATIC : as_linker;
    if (!read_at(look, interpreter.p_offset, interpreter.p_filesz))
        return TRACE_UNTRACED_NOT;
    return look_at_linker(look->bytes);
}

/* The interpreter that the first line names, or NULL. */
static char *interpreter_of(struct look *look)
{
    char *name = look->bytes + 2;
    while (*name == ' ' || *name == '\t')
        name++;
    char *end = name;
    while (*end && *end != ' ' && *end != '\t' && *end != '\n')
        end++;
    *end = '\0';
    return *name ? name : NULL;
}

/* Whether the file gets rights from its mode or capabilities (execve(2)). Then the dynamic linker
 * preloads nothing (ld.so(8), secure-execution mode). */
static bool has_rights_of_its_own(const struct look *look, const struct stat *status)
{
    struct statfs mount;
    uid_t user = (uid_t)KERNEL_CALL0(SYS_getuid);
    bool is_user = status->st_mode & S_ISUID && status->st_uid != user;
    bool is_group = (status->st_mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP) &&
                    status->st_gid != (gid_t)KERNEL_CALL0(SYS_getgid);
    bool has_capabilities = user != 0 && look->fd >= 0 &&
                            KERNEL_CALL4(SYS_fgetxattr, look->fd, "security.capability", NULL, 0) >
                                0;
    if (!is_user && !is_group && !has_capabilities)
        return false;
    if (KERNEL_CALL6(SYS_prctl, PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0, 0) == 1)
        return false;
    return look->fd < 0 || KERNEL_CALL2(SYS_fstatfs, look->fd, &mount) != 0 ||
           !(mount.f_flags & ST_NOSUID);
}

/* Opens the file again: a file descriptor to be executed may not be open for reading. */
static long open_again(int fd)
{
    char name[32];
    const char *limit = name + sizeof name - 1;
    text_append_number(text_append(name, limit, "/proc/self/fd/"), limit, (uint64_t)fd, 10);
    return KERNEL_CALL3(SYS_openat, AT_FDCWD, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

/* Without `has_path`, `directory` is the open file itself. */
static void open_look(struct look *look, int directory, const char *path, bool has_path)
{
    look->is_ours = has_path;
    look->fd = directory;
    if (has_path)
        look->fd = KERNEL_CALL3(SYS_openat, directory, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    else if (KERNEL_CALL4(SYS_pread64, directory, look->bytes, 1, 0) == -EBADF) {
        look->fd = open_again(directory);
        look->is_ours = true;
    }
}

static void close_look(const struct look *look)
{
    if (look->is_ours && look->fd >= 0)
        KERNEL_CALL1(SYS_close, look->fd);
}

/* Looks at one file. Not inlined, so that its struct stat is not on the stack all the time. */
__attribute__((noinline)) static bool look_at(
    struct look *look, int directory, const char *path, unsigned flags, uint32_t *reason)
{
    struct stat status;
    bool has_path = !(flags & AT_EMPTY_PATH) || (path && *path);
    if (KERNEL_CALL4(SYS_newfstatat, directory, path, &status,
            flags & (AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW)) != 0 ||
        !S_ISREG(status.st_mode))
        return false;
    /* Before *look is overwritten, because the path may lie in it. */
    uint32_t as_linker = has_path ? look_at_linker(path) : TRACE_UNTRACED_LINKER;
    open_look(look, directory, path, has_path);
    bool is_elf = look->fd >= 0 && read_at(look, 0, HEAD_SIZE) && look->size >= EI_NIDENT + 4 &&
                  memory_equal(look->bytes, ELFMAG, SELFMAG);
    *reason = TRACE_UNTRACED_NOT;
    if (look->fd < 0 || is_elf)
        *reason = has_rights_of_its_own(look, &status) ? TRACE_UNTRACED_RIGHTS : TRACE_UNTRACED_NOT;
    if (is_elf && *reason == TRACE_UNTRACED_NOT)
        *reason = look_at_elf(look, as_linker);
    close_look(look);
    return true;
}

bool executable_look(int directory, const char *path, unsigned flags, uint32_t *reason)
{
    struct look look;
    if (!look_at(&look, directory, path, flags, reason))
        return false;
    for (unsigned depth = 0; depth < SCRIPT_DEPTH_MAX; depth++) {
        bool is_script = look.fd >= 0 && look.size > 2 && memory_equal(look.bytes, "#!", 2);
        char *interpreter = is_script ? interpreter_of(&look) : NULL;
        if (interpreter == NULL || *reason != TRACE_UNTRACED_NOT)
            return true;
        if (!look_at(&look, AT_FDCWD, interpreter, 0, reason))
            return true;
        if (*reason != TRACE_UNTRACED_NOT)
            *reason |= TRACE_UNTRACED_INTERPRETER;
    }
    return true;
}
