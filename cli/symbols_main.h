/*
 * symbols_main.h - finds main in a program that was stripped of its name.
 */
#ifndef SYMBOLS_MAIN_H
#define SYMBOLS_MAIN_H

#include <libelf.h>
#include <stdbool.h>
#include <stdint.h>

/* Whether the file is a program whose entry point hands main to __libc_start_main; then the
 * bounds of main, as far as its entry in .eh_frame reaches. */
bool symbols_main_find(Elf *elf, uint64_t *address, uint64_t *size);

#endif
