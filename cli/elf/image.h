/*
 * image.h - an ELF file, mapped to be looked at in place.
 *
 * Nothing in the file is trusted: what points outside of it is as if it were not there.
 */
#ifndef ELF_IMAGE_H
#define ELF_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "elf/symbols.h"

/* Addresses are those in the file (p_vaddr). */
struct elf_image {
    struct elf_bytes file;
    struct elf_bytes head; /* its beginning: headers, mostly the hash table; malloc'ed */
    const Elf64_Phdr *segments;
    size_t segment_count;
    const Elf64_Shdr *sections;
    size_t section_count;
    struct elf_symbols dynamic;   /* what is exported or imported: .dynsym */
    struct elf_symbols all;       /* .symtab, after elf_image_read_all */
    struct elf_hash hash;         /* of `dynamic` */
    const Elf64_Half *versions;   /* of each of `dynamic` (DT_VERSYM), or NULL */
    struct elf_bytes definitions; /* of versions (DT_VERDEF), and what is behind them */
    size_t definition_count;
    const char *soname; /* or NULL */
};

/* Maps a program, a shared object or a debug file for x86-64. Returns 0 or -errno, -ENOEXEC for
 * what is none, and then *image is untouched. */
int elf_image_open(struct elf_image *image, const char *path);
void elf_image_close(struct elf_image *image);

/* Finds .symtab. */
void elf_image_read_all(struct elf_image *image);

/* .dynsym with all that is imported, of which hash tables need not tell; it has the indices of
 * relocations. As `dynamic`, where there is no such section. */
struct elf_symbols elf_image_all_dynamic(const struct elf_image *image);

struct elf_bytes elf_image_build_id(const struct elf_image *image);

/* What is at the address, up to the end of its segment in the file. */
struct elf_bytes elf_image_at(const struct elf_image *image, uint64_t address);

/* The executable segment around the address, or NULL. */
const Elf64_Phdr *elf_image_code(const struct elf_image *image, uint64_t address);

struct elf_bytes elf_image_section(const struct elf_image *image, const char *name);

#endif
