/*
 * image.h - an ELF file, mapped and read in place.
 *
 * Nothing in the file is trusted: a reference that points outside of it is treated as missing.
 */
#ifndef ELF_IMAGE_H
#define ELF_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "elf/symbols.h"

/* Addresses are those in the file (p_vaddr). */
struct elf_image {
    struct elf_bytes file;
    struct elf_bytes head; /* its beginning: the headers and usually the hash table; malloc'ed */
    const Elf64_Phdr *segments;
    size_t segment_count;
    const Elf64_Shdr *sections;
    size_t section_count;
    struct elf_symbols dynamic;   /* exported and imported symbols: .dynsym */
    struct elf_symbols all;       /* .symtab, after elf_image_read_all */
    struct elf_hash hash;         /* hash table of `dynamic` */
    const Elf64_Half *versions;   /* the version of each symbol in `dynamic` (DT_VERSYM), or NULL */
    struct elf_bytes definitions; /* from DT_VERDEF to the end of its segment */
    size_t definition_count;
    const char *soname; /* or NULL */
};

/* Maps a program, a shared object or a debug file for x86-64. Returns 0 or -errno, -ENOEXEC if it
 * is none of these; then *image is unchanged. */
int elf_image_open(struct elf_image *image, const char *path);
void elf_image_close(struct elf_image *image);

/* Finds .symtab. */
void elf_image_read_all(struct elf_image *image);

/* Returns .dynsym with all imported symbols, which the hash tables need not count; relocations use
 * its indices. Without such a section, returns `dynamic`. */
struct elf_symbols elf_image_all_dynamic(const struct elf_image *image);

struct elf_bytes elf_image_build_id(const struct elf_image *image);

/* Returns the bytes from the address to the end of its segment in the file. */
struct elf_bytes elf_image_at(const struct elf_image *image, uint64_t address);

/* Returns the executable segment that contains the address, or NULL. */
const Elf64_Phdr *elf_image_code(const struct elf_image *image, uint64_t address);

struct elf_bytes elf_image_section(const struct elf_image *image, const char *name);

#endif
