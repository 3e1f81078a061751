/*
 * needed_libraries.c - which libraries a program will load, if the dynamic linker has no choice.
 *
 * Asking the dynamic linker takes as long as starting a program. But mostly each library is needed
 * by a plain name, for which the cache of ldconfig(8) has one file. Everything else that can matter
 * (ld.so(8): the environment, search paths in the files, several files for a name) makes the result
 * uncertain, and the dynamic linker is asked. tests/oracle/libraries.sh compares the two.
 */
#include "program/libraries.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arch/machine.h"
#include "base/array.h"
#include "program/library_cache.h"

/* The dynamic linker that uses the system's cache. */
#define SYSTEM_LINKER      ARCH_LINKER
#define SYSTEM_LINKER_NAME ARCH_LINKER_NAME
#define PRELOAD_LIST       "/etc/ld.so.preload"

/* Files with more segments are left to the dynamic linker. */
#define SEGMENTS_MAX 32
#define DYNAMIC_MAX  256
#define NAME_SIZE    256

/* A file that will be loaded. */
struct object {
    char *needed_as; /* NULL: it is the program */
    char *own_name;  /* DT_SONAME, or NULL */
    dev_t device;
    ino_t inode;
};

struct search {
    const struct library_cache *cache;
    struct object *objects;
    size_t object_count, object_room;
    struct libraries names; /* the needed names, in the order in which they are searched */
    struct libraries found;
};

/* The headers of an open file. */
struct headers {
    Elf64_Ehdr elf;
    Elf64_Phdr segments[SEGMENTS_MAX];
    Elf64_Dyn dynamic[DYNAMIC_MAX];
    size_t dynamic_count;
    uint64_t strings; /* offset of DT_STRTAB in the file */
};

static bool is_environment_plain(void)
{
    extern char **environ;
    for (char **entry = environ; entry && *entry; entry++)
        if (strncmp(*entry, "LD_", 3) == 0 || strncmp(*entry, "GLIBC_TUNABLES=", 15) == 0)
            return false;
    return access(PRELOAD_LIST, F_OK) != 0 && errno == ENOENT;
}

static bool read_exactly(int fd, void *to, size_t size, uint64_t offset)
{
    return pread(fd, to, size, (off_t)offset) == (ssize_t)size;
}

static const Elf64_Phdr *find_segment(const struct headers *headers, uint32_t type)
{
    for (size_t i = 0; i < headers->elf.e_phnum; i++)
        if (headers->segments[i].p_type == type)
            return &headers->segments[i];
    return NULL;
}

/* Sets *offset to the address's offset in the file. */
static bool needed_libraries_locate(
    const struct headers *headers, uint64_t address, uint64_t *offset)
{
    for (size_t i = 0; i < headers->elf.e_phnum; i++) {
        const Elf64_Phdr *segment = &headers->segments[i];
        if (segment->p_type != PT_LOAD || address - segment->p_vaddr >= segment->p_filesz)
            continue;
        *offset = segment->p_offset + (address - segment->p_vaddr);
        return true;
    }
    return false;
}

static bool needed_libraries_read_dynamic(int fd, struct headers *headers)
{
    const Elf64_Phdr *segment = find_segment(headers, PT_DYNAMIC);
    if (segment == NULL || segment->p_filesz > sizeof headers->dynamic ||
        !read_exactly(fd, headers->dynamic, segment->p_filesz, segment->p_offset))
        return false;
    headers->dynamic_count = segment->p_filesz / sizeof *headers->dynamic;
    for (size_t i = 0; i < headers->dynamic_count; i++)
        if (headers->dynamic[i].d_tag == DT_STRTAB)
            return needed_libraries_locate(
                headers, headers->dynamic[i].d_un.d_ptr, &headers->strings);
    return false;
}

static bool needed_libraries_read_headers(int fd, struct headers *headers)
{
    Elf64_Ehdr *elf = &headers->elf;
    if (!read_exactly(fd, elf, sizeof *elf, 0) || memcmp(elf->e_ident, ELFMAG, SELFMAG) != 0 ||
        elf->e_ident[EI_CLASS] != ELFCLASS64 || elf->e_machine != ARCH_MACHINE)
        return false;
    size_t size = elf->e_phnum * sizeof *headers->segments;
    return elf->e_phentsize == sizeof *headers->segments && size <= sizeof headers->segments &&
           read_exactly(fd, headers->segments, size, elf->e_phoff) &&
           needed_libraries_read_dynamic(fd, headers);
}

/* Returns whether the entry changes where libraries are searched, or adds libraries. */
static bool is_steering(const Elf64_Dyn *entry)
{
    switch (entry->d_tag) {
    case DT_RPATH:
    case DT_RUNPATH:
    case DT_AUDIT:
    case DT_DEPAUDIT:
    case DT_CONFIG:
    case DT_AUXILIARY:
    case DT_FILTER: return true;
    case DT_FLAGS_1: return entry->d_un.d_val & DF_1_NODEFLIB;
    default: return false;
    }
}

/* Reads a plain file name: no path, nothing to expand. */
static bool needed_libraries_read_name(
    int fd, const struct headers *headers, uint64_t at, char name[NAME_SIZE])
{
    ssize_t size = pread(fd, name, NAME_SIZE, (off_t)(headers->strings + at));
    return size > 0 && name[0] != '\0' && memchr(name, '\0', (size_t)size) != NULL &&
           strpbrk(name, "/$") == NULL;
}

/* Reads an object's own name, and the names of the libraries that it needs. */
static int take_dynamic(struct search *search, int fd, const struct headers *headers)
{
    struct object *object = &search->objects[search->object_count - 1];
    for (size_t i = 0; i < headers->dynamic_count; i++) {
        const Elf64_Dyn *entry = &headers->dynamic[i];
        char name[NAME_SIZE];
        int error = 0;
        if (entry->d_tag == DT_NULL)
            break;
        if (is_steering(entry))
            return -ENOTSUP;
        if (entry->d_tag != DT_NEEDED && entry->d_tag != DT_SONAME)
            continue;
        if (!needed_libraries_read_name(fd, headers, entry->d_un.d_val, name))
            return -ENOTSUP;
        if (entry->d_tag == DT_NEEDED)
            error = libraries_add(&search->names, name);
        else if (object->own_name == NULL && (object->own_name = strdup(name)) == NULL)
            error = -ENOMEM;
        if (error != 0)
            return error;
    }
    return 0;
}

static int add_object(struct search *search, const char *needed_as, const struct stat *status)
{
    if (array_reserve(&search->objects, search->object_count, 1, &search->object_room,
            sizeof *search->objects) != 0)
        return -ENOMEM;
    struct object object = {.device = status->st_dev, .inode = status->st_ino};
    if (needed_as && (object.needed_as = strdup(needed_as)) == NULL)
        return -ENOMEM;
    search->objects[search->object_count++] = object;
    return 0;
}

static bool is_same_file(const struct object *object, const struct stat *status)
{
    return object->inode == status->st_ino && object->device == status->st_dev;
}

static int load_open(struct search *search, int fd, const char *path, const char *needed_as)
{
    struct headers headers;
    struct stat status;
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) ||
        !needed_libraries_read_headers(fd, &headers))
        return -ENOTSUP;
    for (size_t i = 0; i < search->object_count; i++)
        if (is_same_file(&search->objects[i], &status))
            return -ENOTSUP; /* the same file under two names */
    int error = add_object(search, needed_as, &status);
    if (error == 0)
        error = libraries_add(&search->found, path);
    return error ? error : take_dynamic(search, fd, &headers);
}

static int load(struct search *search, const char *path, const char *needed_as)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return -ENOTSUP;
    int error = load_open(search, fd, path, needed_as);
    close(fd);
    return error;
}

static bool is_loaded(const struct search *search, const char *name)
{
    for (size_t i = 0; i < search->object_count; i++) {
        const struct object *object = &search->objects[i];
        if ((object->needed_as && strcmp(object->needed_as, name) == 0) ||
            (object->own_name && strcmp(object->own_name, name) == 0))
            return true;
    }
    return false;
}

/* The dynamic linker itself is loaded before all others, under the name that the program has for
 * it. */
static int load_needed(struct search *search, const char *name, const char *linker)
{
    if (is_loaded(search, name))
        return 0;
    const char *path = strcmp(name, SYSTEM_LINKER_NAME) == 0
                           ? linker
                           : library_cache_find(search->cache, name);
    return path ? load(search, path, name) : -ENOTSUP;
}

/* Breadth first, in load order: the list of names grows during the loop. */
static int load_all(struct search *search, const char *image, const char *linker)
{
    int error = load(search, image, NULL);
    for (size_t i = 0; i < search->names.count && error == 0; i++)
        error = load_needed(search, search->names.paths[i], linker);
    if (error == 0 && !is_loaded(search, SYSTEM_LINKER_NAME))
        error = -ENOTSUP;
    return error;
}

static void needed_libraries_finish(struct search *search)
{
    for (size_t i = 0; i < search->object_count; i++) {
        free(search->objects[i].needed_as);
        free(search->objects[i].own_name);
    }
    free(search->objects);
    libraries_finish(&search->names);
    libraries_finish(&search->found);
}

/* Returns the system's cache, or NULL. It stays mapped: unmapping it would take as long as
 * everything else. */
static const struct library_cache *system_cache(void)
{
    static struct library_cache cache;
    bool is_open = cache.bytes || library_cache_open(&cache, LIBRARY_CACHE_PATH) == 0;
    return is_open ? &cache : NULL;
}

int libraries_predict(struct libraries *libraries, const char *image, const char *linker)
{
    struct search search = {.objects = NULL};
    if (strcmp(linker, SYSTEM_LINKER) == 0 && is_environment_plain())
        search.cache = system_cache();
    if (search.cache == NULL)
        return -ENOTSUP;
    int error = load_all(&search, image, linker);
    if (error == 0) {
        *libraries = search.found;
        search.found = (struct libraries){.paths = NULL};
    }
    needed_libraries_finish(&search);
    return error;
}
