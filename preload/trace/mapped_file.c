/*
 * mapped_file.c - which file is mapped at an address, according to the kernel.
 */
#include "trace/mapped_file.h"

#include <fcntl.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "base/kernel.h"
#include "base/forbidden.h"

#define DELETED " (deleted)"

/* Reads the number at the beginning of the text. */
static const char *read_number(const char *text, unsigned base, uint64_t *number)
{
    for (*number = 0;; text++) {
        unsigned digit = *text >= '0' && *text <= '9'   ? (unsigned)(*text - '0')
                         : *text >= 'a' && *text <= 'f' ? (unsigned)(*text - 'a' + 10)
                                                        : base;
        if (digit >= base)
            return text;
        *number = *number * base + digit;
    }
}

/* The number of a device as in stat(2) (Linux, new_encode_dev). */
static uint64_t device_of(uint64_t major, uint64_t minor)
{
    return (minor & 0xff) | (major & 0xfff) << 8 | (minor & ~UINT64_C(0xff)) << 12;
}

/* The kernel escapes only a newline, as \012. */
static void mapped_file_copy_path(char *path, const char *text)
{
    size_t length = 0;
    while (*text && length < MAPPED_PATH_SIZE - 1) {
        bool is_newline = memory_equal(text, "\\012", text[0] == '\\' ? 4 : 1);
        path[length++] = is_newline ? '\n' : *text;
        text += is_newline ? 4 : 1;
    }
    path[length] = '\0';
}

/* What is looked for in the maps. */
struct search {
    uint64_t address;
    struct mapping mapping;
    char *path; /* NULL: not wanted */
};

/* "START-END rwxp OFFSET MAJOR:MINOR INODE     PATH". Returns whether the address is there. */
static bool take_line(struct search *search, const char *line)
{
    uint64_t start, end, offset, major, minor;
    line = read_number(line, 16, &start);
    if (*line != '-')
        return false;
    line = read_number(line + 1, 16, &end);
    if (search->address < start || search->address >= end || *line != ' ')
        return false;
    line = read_number(line + sizeof " rwxp", 16, &offset);
    line = read_number(line + (*line == ' '), 16, &major);
    line = read_number(line + (*line == ':'), 16, &minor);
    line = read_number(line + (*line == ' '), 10, &search->mapping.inode);
    search->mapping.device = device_of(major, minor);
    while (*line == ' ')
        line++;
    if (search->path)
        mapped_file_copy_path(search->path, line);
    return true;
}

/* Looks at the complete lines in the *length bytes, and moves the rest, an incomplete line, to the
 * front. Returns whether the wanted line was one of them. */
static bool take_lines(struct search *search, char *lines, size_t *length)
{
    char *line = lines, *end = lines + *length;
    for (char *at = line; at < end; at++) {
        if (*at != '\n')
            continue;
        *at = '\0';
        if (take_line(search, line))
            return true;
        line = at + 1;
    }
    *length = (size_t)(end - line);
    memory_copy(lines, line, *length);
    return false;
}

static bool look_through(struct search *search, long fd, char lines[MAPPED_LINE_SIZE])
{
    size_t length = 0;
    while (length < MAPPED_LINE_SIZE) {
        long got = KERNEL_CALL3(SYS_read, fd, lines + length, MAPPED_LINE_SIZE - length);
        if (got <= 0)
            return false;
        length += (size_t)got;
        if (take_lines(search, lines, &length))
            return search->mapping.inode != 0;
    }
    return false;
}

static bool mapped_file_look(struct search *search, char lines[MAPPED_LINE_SIZE])
{
    if (kernel_is_forbidden)
        return false;
    long fd = arch_open("/proc/self/maps", O_RDONLY | O_CLOEXEC, 0);
    if (kernel_failed(fd))
        return false;
    bool is_found = look_through(search, fd, lines);
    KERNEL_CALL1(SYS_close, fd);
    return is_found;
}

bool mapped_file_find(struct mapped_file *file, uint64_t address)
{
    struct search search = {.address = address, .path = file->path};
    bool is_found = mapped_file_look(&search, file->lines);
    file->mapping = search.mapping;
    return is_found;
}

static bool mapped_file_is_same(const struct mapping *mapping, uint64_t device, uint64_t inode)
{
    return mapping->device == device && mapping->inode == inode;
}

/* For file systems (overlayfs, btrfs) on which stat(2) and the maps give different numbers: maps
 * the file, to see its numbers in the maps. */
static bool is_mapped_as(struct mapped_file *file, long fd)
{
    long page = KERNEL_CALL6(SYS_mmap, NULL, KERNEL_PAGE, PROT_NONE, MAP_PRIVATE, fd, 0);
    if (kernel_failed(page))
        return false;
    struct search search = {.address = (uint64_t)page};
    bool is_found = mapped_file_look(&search, file->lines);
    KERNEL_CALL2(SYS_munmap, page, KERNEL_PAGE);
    return is_found &&
           mapped_file_is_same(&file->mapping, search.mapping.device, search.mapping.inode);
}

bool mapped_file_is_at(struct mapped_file *file, const char *path)
{
    struct stat *status = &file->status;
    if (kernel_is_forbidden || kernel_failed(arch_stat(path, status)))
        return false;
    if (mapped_file_is_same(&file->mapping, status->st_dev, status->st_ino))
        return true;
    if (!S_ISREG(status->st_mode))
        return false;
    long fd = arch_open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0);
    if (kernel_failed(fd))
        return false;
    bool is_there = !kernel_failed(KERNEL_CALL2(SYS_fstat, fd, status)) && is_mapped_as(file, fd);
    KERNEL_CALL1(SYS_close, fd);
    return is_there;
}

uint32_t mapped_file_cut_mark(char *path, uint32_t length)
{
    const uint32_t mark = sizeof DELETED - 1;
    if (length <= mark || !memory_equal(path + length - mark, DELETED, mark))
        return length;
    if (!kernel_failed(arch_access(path, 0)))
        return length;
    path[length - mark] = '\0';
    return length - mark;
}
