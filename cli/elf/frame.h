/*
 * frame.h - finds the end of a function in .eh_frame.
 */
#ifndef ELF_FRAME_H
#define ELF_FRAME_H

#include <stdbool.h>
#include <stdint.h>

struct elf_image;

/* Returns the end of the code whose description covers `address` or, with `at_start`, begins there;
 * 0 if .eh_frame_hdr leads to no such description. Of the image, uses `file` and `segments`. */
uint64_t elf_frame_end(const struct elf_image *image, uint64_t address, bool at_start);

#endif
