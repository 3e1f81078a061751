/*
 * debug_file.c - finds the separate debug file of a stripped file, which has its symbols.
 *
 * libdwfl can do so, too, but its search ends at debuginfod. That can only be prevented by a change
 * of the environment (symbols/file.c), which a thread must not do.
 */
#include "elf/debug_file.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "elf/image.h"

#define DIRECTORY "/usr/lib/debug"

/* CRC-32 as in ISO 3309; .gnu_debuglink has that of the debug file. */
static uint32_t checksum(struct elf_bytes file)
{
    uint32_t table[256], sum = 0xffffffff;
    for (uint32_t i = 0; i < 256; i++) {
        table[i] = i;
        for (int bit = 0; bit < 8; bit++)
            table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0xedb88320 : 0);
    }
    for (size_t i = 0; i < file.size; i++)
        sum = sum >> 8 ^ table[(sum ^ file.bytes[i]) & 0xff];
    return ~sum;
}

static bool is_same_id(struct elf_bytes a, struct elf_bytes b)
{
    return a.size == b.size && memcmp(a.bytes, b.bytes, a.size) == 0;
}

/* Compares the build-ids, or *sum if there are none. */
static bool belongs_to(
    const struct elf_image *debug, const struct elf_image *image, const uint32_t *sum)
{
    struct elf_bytes id = elf_image_build_id(image);
    if (debug->all.count == 0)
        return false; /* for example a file that its own link names */
    if (id.size > 0)
        return is_same_id(id, elf_image_build_id(debug));
    return sum != NULL && checksum(debug->file) == *sum;
}

static int try_path(
    struct elf_image *debug, const struct elf_image *image, const char *path, const uint32_t *sum)
{
    struct elf_image opened;
    int error = elf_image_open(&opened, path);
    if (error != 0)
        return error;
    elf_image_read_all(&opened);
    if (!belongs_to(&opened, image, sum)) {
        elf_image_close(&opened);
        return -ENOENT;
    }
    *debug = opened;
    return 0;
}

static int open_by_build_id(struct elf_image *debug, const struct elf_image *image)
{
    char path[PATH_MAX], *end = path;
    struct elf_bytes id = elf_image_build_id(image);
    if (id.size < 2 || id.size > 64)
        return -ENOENT;
    end += sprintf(end, DIRECTORY "/.build-id/%02x/", id.bytes[0]);
    for (size_t i = 1; i < id.size; i++)
        end += sprintf(end, "%02x", id.bytes[i]);
    strcpy(end, ".debug");
    return try_path(debug, image, path, NULL);
}

static int open_by_link(struct elf_image *debug, const struct elf_image *image, const char *path)
{
    static const char *const formats[] = {"%.*s/%.*s", "%.*s/.debug/%.*s", DIRECTORY "%.*s/%.*s"};
    struct elf_bytes link = elf_image_section(image, ".gnu_debuglink");
    const char *slash = strrchr(path, '/'), *directory = slash ? path : ".";
    int length = slash ? (int)(slash - path) : 1, error = -ENOENT;
    int name_length = link.size ? (int)strnlen((const char *)link.bytes, link.size) : 0;
    char candidate[PATH_MAX];
    uint32_t sum;
    if (name_length == 0 || link.size < sizeof sum)
        return -ENOENT;
    memcpy(&sum, link.bytes + link.size - sizeof sum, sizeof sum);
    for (size_t i = 0; error != 0 && i < sizeof formats / sizeof *formats; i++) {
        int written = snprintf(candidate, sizeof candidate, formats[i], length, directory,
            name_length, (const char *)link.bytes);
        if (written > 0 && (size_t)written < sizeof candidate)
            error = try_path(debug, image, candidate, &sum);
    }
    return error;
}

int debug_file_open(struct elf_image *debug, const struct elf_image *image, const char *path)
{
    int error = open_by_build_id(debug, image);
    return error == 0 ? 0 : open_by_link(debug, image, path);
}
