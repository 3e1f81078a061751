/*
 * library_cache.h - the list of libraries that ldconfig(8) keeps for the dynamic linker.
 */
#ifndef PROGRAM_LIBRARY_CACHE_H
#define PROGRAM_LIBRARY_CACHE_H

#include <stddef.h>
#include <stdint.h>

#define LIBRARY_CACHE_PATH "/etc/ld.so.cache"

struct library_cache_entry;

struct library_cache {
    const char *bytes; /* the file, mapped */
    size_t size;
    const struct library_cache_entry *entries;
    uint32_t count;
};

/* Maps the cache at `path`. Returns 0 or -errno; -ENOEXEC if its format is not the one that glibc
 * 2.32 and later write. */
int library_cache_open(struct library_cache *cache, const char *path);
void library_cache_close(struct library_cache *cache);

/* Returns the path of the only x86-64 library of this name, which lives until the cache is closed.
 * NULL if there is none, or if the choice depends on the machine (glibc-hwcaps). */
const char *library_cache_find(const struct library_cache *cache, const char *name);

#endif
