/*
 * library_cache.c - the list of libraries that ldconfig(8) keeps for the dynamic linker.
 *
 * The format and the order are those of glibc (sysdeps/generic/dl-cache.h, elf/dl-cache.c). If
 * something in it is unexpected, nothing is found, and the dynamic linker has to be asked.
 */
#include "program/library_cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arch/machine.h"

#define MAGIC      "glibc-ld.so.cache1.1"
#define FLAGS_I386 0x0003
#define FLAGS_X32  0x0803

struct header {
    char magic[sizeof MAGIC - 1];
    uint32_t count;
    uint32_t strings_size;
    uint8_t flags, padding[3];
    uint32_t extensions; /* offset */
    uint32_t unused[3];
};

struct library_cache_entry {
    int32_t flags;
    uint32_t name, path; /* offsets in the file */
    uint32_t kernel;     /* the oldest kernel that it runs on; 0: any */
    uint64_t hardware;   /* the hardware that it needs; 0: any */
};

_Static_assert(sizeof(struct header) == 48, "as in the file");
_Static_assert(sizeof(struct library_cache_entry) == 24, "as in the file");

static int library_cache_check(struct library_cache *cache)
{
    const struct header *header = (const void *)cache->bytes;
    if (cache->size <= sizeof *header || memcmp(header->magic, MAGIC, sizeof header->magic) != 0 ||
        header->count > (cache->size - sizeof *header) / sizeof *cache->entries)
        return -ENOEXEC;
    cache->entries = (const void *)(header + 1);
    cache->count = header->count;
    return 0;
}

int library_cache_open(struct library_cache *cache, const char *path)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    void *bytes = MAP_FAILED;
    if (fstat(fd, &status) == 0)
        bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    int error = bytes == MAP_FAILED ? -errno : 0;
    close(fd);
    if (error != 0)
        return error;
    struct library_cache opened = {.bytes = bytes, .size = (size_t)status.st_size};
    error = library_cache_check(&opened);
    if (error == 0)
        *cache = opened;
    else
        library_cache_close(&opened);
    return error;
}

void library_cache_close(struct library_cache *cache)
{
    if (cache->bytes)
        munmap((void *)cache->bytes, cache->size);
    *cache = (struct library_cache){.bytes = NULL};
}

/* Returns "" for a string that does not end within the file. */
static const char *string_at(const struct library_cache *cache, uint32_t offset)
{
    if (offset >= cache->size || memchr(cache->bytes + offset, '\0', cache->size - offset) == NULL)
        return "";
    return cache->bytes + offset;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static unsigned long library_cache_read_number(const char **at)
{
    unsigned long number = 0;
    while (is_digit(**at))
        number = 10 * number + (unsigned long)(*(*at)++ - '0');
    return number;
}

/* Compares names in the order of the cache, numbers by their value (_dl_cache_libcmp). */
static int compare(const char *a, const char *b)
{
    while (*a && *b) {
        if (is_digit(*a) != is_digit(*b))
            return is_digit(*a) ? 1 : -1;
        if (is_digit(*a)) {
            unsigned long left = library_cache_read_number(&a),
                          right = library_cache_read_number(&b);
            if (left != right)
                return left < right ? -1 : 1;
        } else if (*a++ != *b++) {
            return a[-1] < b[-1] ? -1 : 1;
        }
    }
    return (*a != '\0') - (*b != '\0');
}

/* Returns the index of the name, or of the place where it would be. The order is descending. */
static uint32_t first_of(const struct library_cache *cache, const char *name)
{
    uint32_t low = 0, high = cache->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (compare(string_at(cache, cache->entries[middle].name), name) > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const char *library_cache_find(const struct library_cache *cache, const char *name)
{
    const char *path = NULL;
    for (uint32_t i = first_of(cache, name); i < cache->count; i++) {
        const struct library_cache_entry *entry = &cache->entries[i];
        const char *other = string_at(cache, entry->name);
        if (compare(other, name) != 0)
            break;
        if (entry->flags == FLAGS_I386 || entry->flags == FLAGS_X32)
            continue;
        if (entry->flags != ARCH_CACHE_FLAGS || entry->kernel || entry->hardware || path ||
            strcmp(other, name) != 0)
            return NULL;
        path = string_at(cache, entry->path);
    }
    return path && *path == '/' ? path : NULL;
}
