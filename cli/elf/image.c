/*
 * image.c - an ELF file, mapped and read in place.
 *
 * A library of megabytes is opened for a few names, most of which it does not have, while a program
 * waits. The first touch of a mapped page costs as much as reading many pages of the file. So the
 * hash table, which lies at the beginning, is read; the rest is mapped and mostly not touched.
 */
#include "elf/image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arch/machine.h"

#define FIRST_READ 4096
#define HEAD_MAX   (4 << 20) /* what lies farther on is read from the mapping */

/* Makes a copy, for file systems without shared mappings (FUSE can refuse them). */
static int elf_image_copy(void *bytes, size_t size, int fd)
{
    for (size_t done = 0; done < size;) {
        ssize_t count = pread(fd, (uint8_t *)bytes + done, size - done, (off_t)done);
        if (count < 0 && errno != EINTR)
            return -errno;
        if (count == 0)
            return -ENOEXEC; /* the file has been truncated meanwhile */
        done += count > 0 ? (size_t)count : 0;
    }
    return 0;
}

/* The mapping is shared: if a probe was set on the file (uprobes, valid_vma), the kernel writes its
 * breakpoints into private mappings, even read-only ones, and they would differ from the file. */
static int map(struct elf_bytes *file, int fd)
{
    struct stat status;
    if (fstat(fd, &status) != 0)
        return -errno;
    if (!S_ISREG(status.st_mode) || (size_t)status.st_size < sizeof(Elf64_Ehdr))
        return -ENOEXEC;
    size_t size = (size_t)status.st_size;
    void *bytes = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
    bool is_copy = bytes == MAP_FAILED;
    if (is_copy)
        bytes = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (bytes == MAP_FAILED)
        return -errno;
    *file = (struct elf_bytes){bytes, size};
    return is_copy ? elf_image_copy(bytes, size, fd) : 0;
}

/* Reads on until the head has `size` bytes, or the whole file. */
static int elf_image_read_head(
    struct elf_bytes *head, const struct elf_bytes *file, size_t size, int fd)
{
    size = size < file->size ? size : file->size;
    uint8_t *bytes = realloc((void *)head->bytes, size);
    if (bytes == NULL)
        return -ENOMEM;
    head->bytes = bytes;
    while (head->size < size) {
        ssize_t count = pread(fd, bytes + head->size, size - head->size, (off_t)head->size);
        if (count < 0)
            return -errno;
        if (count == 0)
            return -ENOEXEC; /* the file has been truncated meanwhile */
        head->size += (size_t)count;
    }
    return 0;
}

static void place_segments(struct elf_image *image)
{
    const Elf64_Ehdr *header = (const void *)image->head.bytes;
    uint64_t size = (uint64_t)header->e_phnum * sizeof(Elf64_Phdr);
    image->segments = elf_bytes_at(image->head, header->e_phoff, size, 8);
    if (image->segments == NULL)
        image->segments = elf_bytes_at(image->file, header->e_phoff, size, 8);
    image->segment_count = image->segments ? header->e_phnum : 0;
}

/* A file whose section headers cannot be read is treated as one without: they are not needed to run
 * it. */
static int elf_image_read_headers(struct elf_image *image)
{
    const Elf64_Ehdr *header = (const void *)image->head.bytes;
    if (image->head.size < sizeof *header || memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
        header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_machine != ARCH_MACHINE ||
        (header->e_type != ET_DYN && header->e_type != ET_EXEC))
        return -ENOEXEC;
    place_segments(image);
    image->sections = elf_bytes_at(
        image->file, header->e_shoff, (uint64_t)header->e_shnum * sizeof(Elf64_Shdr), 8);
    image->section_count = image->sections ? header->e_shnum : 0;
    return header->e_phentsize == sizeof(Elf64_Phdr) || header->e_phnum == 0 ? 0 : -ENOEXEC;
}

static struct elf_bytes section_bytes(const struct elf_image *image, const Elf64_Shdr *section)
{
    const void *bytes = NULL;
    if (section->sh_type != SHT_NOBITS)
        bytes = elf_bytes_at(image->file, section->sh_offset, section->sh_size, 1);
    return (struct elf_bytes){bytes, bytes ? section->sh_size : 0};
}

struct elf_bytes elf_image_section(const struct elf_image *image, const char *name)
{
    const Elf64_Ehdr *header = (const void *)image->file.bytes;
    if (header->e_shstrndx >= image->section_count)
        return (struct elf_bytes){NULL, 0};
    struct elf_bytes names = section_bytes(image, &image->sections[header->e_shstrndx]);
    for (size_t i = 0; i < image->section_count; i++) {
        uint32_t at = image->sections[i].sh_name;
        size_t size = strlen(name) + 1;
        if (at < names.size && size <= names.size - at && memcmp(names.bytes + at, name, size) == 0)
            return section_bytes(image, &image->sections[i]);
    }
    return (struct elf_bytes){NULL, 0};
}

static bool set_strings(struct elf_symbols *symbols, struct elf_bytes strings)
{
    if (strings.size == 0 || strings.bytes[strings.size - 1] != '\0')
        return false;
    symbols->strings = (const char *)strings.bytes;
    symbols->strings_size = strings.size;
    return true;
}

void elf_image_read_all(struct elf_image *image)
{
    for (size_t i = 0; i < image->section_count; i++) {
        const Elf64_Shdr *section = &image->sections[i];
        if (section->sh_type != SHT_SYMTAB || section->sh_link >= image->section_count)
            continue;
        struct elf_symbols symbols = {
            elf_bytes_at(image->file, section->sh_offset, section->sh_size, 8),
            section->sh_size / sizeof(Elf64_Sym), NULL, 0};
        if (symbols.list &&
            set_strings(&symbols, section_bytes(image, &image->sections[section->sh_link])))
            image->all = symbols;
        return;
    }
}

struct elf_symbols elf_image_all_dynamic(const struct elf_image *image)
{
    struct elf_bytes symbols = elf_image_section(image, ".dynsym");
    struct elf_symbols found = {
        elf_bytes_at(symbols, 0, symbols.size, 1), symbols.size / sizeof(Elf64_Sym), NULL, 0};
    if (symbols.bytes == NULL || (uintptr_t)symbols.bytes % 8 != 0 ||
        !set_strings(&found, elf_image_section(image, ".dynstr")))
        return image->dynamic;
    return found;
}

/* Finds where the address is in the file, and how many bytes its segment has from there on. */
static bool find_offset(
    const struct elf_image *image, uint64_t address, uint64_t *offset, uint64_t *size)
{
    for (size_t i = 0; i < image->segment_count; i++) {
        const Elf64_Phdr *segment = &image->segments[i];
        if (segment->p_type != PT_LOAD || address < segment->p_vaddr ||
            address - segment->p_vaddr >= segment->p_filesz ||
            !elf_bytes_at(image->file, segment->p_offset, segment->p_filesz, 1))
            continue;
        *offset = segment->p_offset + (address - segment->p_vaddr);
        *size = segment->p_filesz - (address - segment->p_vaddr);
        return true;
    }
    return false;
}

struct elf_bytes elf_image_at(const struct elf_image *image, uint64_t address)
{
    uint64_t offset, size;
    if (!find_offset(image, address, &offset, &size))
        return (struct elf_bytes){NULL, 0};
    return (struct elf_bytes){image->file.bytes + offset, size};
}

const Elf64_Phdr *elf_image_code(const struct elf_image *image, uint64_t address)
{
    for (size_t i = 0; i < image->segment_count; i++) {
        const Elf64_Phdr *segment = &image->segments[i];
        if (segment->p_type == PT_LOAD && segment->p_flags & PF_X && address >= segment->p_vaddr &&
            address - segment->p_vaddr < segment->p_filesz)
            return segment;
    }
    return NULL;
}

/* Values of the dynamic section; 0: not there. */
struct dynamic {
    uint64_t symbols, strings, strings_size, gnu_hash, hash, soname;
    uint64_t versions, definitions, definition_count;
    bool has_soname;
    uint64_t head_end; /* offset: what the other values point to is in the head if it lies before
                        * this */
};

static void read_dynamic_entry(struct dynamic *dynamic, const Elf64_Dyn *entry)
{
    switch (entry->d_tag) {
    case DT_SYMTAB: dynamic->symbols = entry->d_un.d_ptr; break;
    case DT_STRTAB: dynamic->strings = entry->d_un.d_ptr; break;
    case DT_STRSZ: dynamic->strings_size = entry->d_un.d_val; break;
    case DT_GNU_HASH: dynamic->gnu_hash = entry->d_un.d_ptr; break;
    case DT_HASH: dynamic->hash = entry->d_un.d_ptr; break;
    case DT_VERSYM: dynamic->versions = entry->d_un.d_ptr; break;
    case DT_VERDEF: dynamic->definitions = entry->d_un.d_ptr; break;
    case DT_VERDEFNUM: dynamic->definition_count = entry->d_un.d_val; break;
    case DT_SONAME:
        dynamic->soname = entry->d_un.d_val;
        dynamic->has_soname = true;
        break;
    }
}

static struct dynamic elf_image_read_dynamic(const struct elf_image *image, int fd)
{
    struct dynamic dynamic = {.symbols = 0};
    Elf64_Dyn entries[512]; /* the needed libraries come first, and there may be many */
    for (size_t i = 0; i < image->segment_count; i++) {
        const Elf64_Phdr *segment = &image->segments[i];
        if (segment->p_type != PT_DYNAMIC)
            continue;
        size_t size = segment->p_filesz < sizeof entries ? segment->p_filesz : sizeof entries;
        ssize_t count = pread(fd, entries, size, (off_t)segment->p_offset);
        for (size_t k = 0; (k + 1) * sizeof *entries <= (size_t)(count > 0 ? count : 0); k++) {
            if (entries[k].d_tag == DT_NULL)
                break;
            read_dynamic_entry(&dynamic, &entries[k]);
        }
        break;
    }
    return dynamic;
}

/* Reads the head, if the hash table lies before the symbols, where linkers put it. */
static int read_hash_table(struct elf_image *image, struct dynamic *dynamic, int fd)
{
    uint64_t symbols, hash, size;
    uint64_t hash_address = dynamic->gnu_hash ? dynamic->gnu_hash : dynamic->hash;
    if (!find_offset(image, dynamic->symbols, &symbols, &size) ||
        !find_offset(image, hash_address, &hash, &size) || hash > symbols || symbols > HEAD_MAX)
        return 0;
    int error = 0;
    if (symbols > image->head.size)
        error = elf_image_read_head(&image->head, &image->file, symbols, fd);
    if (error != 0)
        return error;
    place_segments(image);
    dynamic->head_end = symbols;
    return 0;
}

/* Returns the table at an address, if it is aligned. */
static struct elf_bytes elf_image_find_table(const struct elf_image *image,
    const struct dynamic *dynamic, uint64_t address, size_t alignment)
{
    uint64_t offset, size;
    if (address == 0 || !find_offset(image, address, &offset, &size) || offset % alignment != 0)
        return (struct elf_bytes){NULL, 0};
    if (offset < dynamic->head_end)
        return (struct elf_bytes){image->head.bytes + offset, dynamic->head_end - offset};
    return (struct elf_bytes){image->file.bytes + offset, size};
}

static void read_versions(struct elf_image *image, const struct dynamic *dynamic)
{
    struct elf_bytes versions = elf_image_find_table(image, dynamic, dynamic->versions, 2);
    if (versions.size / sizeof *image->versions < image->dynamic.count)
        return;
    image->versions = (const void *)versions.bytes;
    image->definitions = elf_image_find_table(image, dynamic, dynamic->definitions, 4);
    image->definition_count = dynamic->definition_count;
}

static void read_dynamic_symbols(struct elf_image *image, const struct dynamic *dynamic)
{
    struct elf_bytes strings = elf_image_find_table(image, dynamic, dynamic->strings, 1);
    struct elf_bytes symbols = elf_image_find_table(image, dynamic, dynamic->symbols, 8);
    struct elf_symbols read = {(const void *)symbols.bytes, 0, NULL, 0};
    if (strings.size < dynamic->strings_size)
        return;
    strings.size = dynamic->strings_size;
    if (!set_strings(&read, strings))
        return;
    if (dynamic->has_soname && dynamic->soname < strings.size)
        image->soname = read.strings + dynamic->soname;
    struct elf_hash hash;
    if (symbols.bytes == NULL ||
        !elf_symbols_read_hash(&hash, elf_image_find_table(image, dynamic, dynamic->gnu_hash, 8),
            elf_image_find_table(image, dynamic, dynamic->hash, 4)))
        return;
    read.count = elf_symbols_count(&hash);
    if (read.count > symbols.size / sizeof(Elf64_Sym))
        return;
    image->dynamic = read;
    image->hash = hash;
    read_versions(image, dynamic);
}

static struct elf_bytes find_build_id(struct elf_bytes notes)
{
    size_t at = 0;
    while (notes.size >= sizeof(Elf64_Nhdr) && at <= notes.size - sizeof(Elf64_Nhdr)) {
        Elf64_Nhdr note;
        memcpy(&note, notes.bytes + at, sizeof note);
        uint64_t name = at + sizeof note;
        uint64_t content = name + (((uint64_t)note.n_namesz + 3) & ~UINT64_C(3));
        uint64_t next = content + (((uint64_t)note.n_descsz + 3) & ~UINT64_C(3));
        if (next > notes.size)
            break;
        if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 &&
            memcmp(notes.bytes + name, "GNU", 4) == 0)
            return (struct elf_bytes){notes.bytes + content, note.n_descsz};
        at = next;
    }
    return (struct elf_bytes){NULL, 0};
}

/* In a debug file the segments are described as in its original file, so the sections are tried
 * first. */
struct elf_bytes elf_image_build_id(const struct elf_image *image)
{
    struct elf_bytes found = {NULL, 0};
    for (size_t i = 0; i < image->section_count && !found.bytes; i++)
        if (image->sections[i].sh_type == SHT_NOTE)
            found = find_build_id(section_bytes(image, &image->sections[i]));
    for (size_t i = 0; i < image->segment_count && !found.bytes; i++) {
        const Elf64_Phdr *segment = &image->segments[i];
        const void *bytes = elf_bytes_at(image->file, segment->p_offset, segment->p_filesz, 1);
        if (segment->p_type == PT_NOTE && bytes)
            found = find_build_id((struct elf_bytes){bytes, segment->p_filesz});
    }
    return found;
}

static int elf_image_read_file(struct elf_image *image, int fd)
{
    int error = map(&image->file, fd);
    if (error == 0)
        error = elf_image_read_head(&image->head, &image->file, FIRST_READ, fd);
    if (error == 0)
        error = elf_image_read_headers(image);
    if (error != 0)
        return error;
    struct dynamic dynamic = elf_image_read_dynamic(image, fd);
    error = read_hash_table(image, &dynamic, fd);
    if (error == 0)
        read_dynamic_symbols(image, &dynamic);
    return error;
}

int elf_image_open(struct elf_image *image, const char *path)
{
    struct elf_image opened = {.segment_count = 0};
    /* The path may come from another process: a pipe there must not block the tool. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return -errno;
    int error = elf_image_read_file(&opened, fd);
    close(fd);
    if (error == 0)
        *image = opened;
    else
        elf_image_close(&opened);
    return error;
}

void elf_image_close(struct elf_image *image)
{
    if (image->file.bytes)
        munmap((void *)image->file.bytes, image->file.size);
    free((void *)image->head.bytes);
    *image = (struct elf_image){.segment_count = 0};
}
