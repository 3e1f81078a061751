/*
 * frame.h - where a function ends, by .eh_frame.
 */
#ifndef ELF_FRAME_H
#define ELF_FRAME_H

#include <stdint.h>

struct elf_image;

/* The address past the code that is described together with what is at `address`, or 0 when
 * .eh_frame_hdr doesn't lead to a description of it. */
uint64_t elf_frame_end(const struct elf_image *image, uint64_t address);

#endif
