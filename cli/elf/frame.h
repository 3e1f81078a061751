/*
 * frame.h - finds the end of a function in .eh_frame.
 */
#ifndef ELF_FRAME_H
#define ELF_FRAME_H

#include <stdint.h>

struct elf_image;

/* Returns the end of the code whose description covers `address`, or 0 if .eh_frame_hdr leads to no
 * such description. */
uint64_t elf_frame_end(const struct elf_image *image, uint64_t address);

#endif
