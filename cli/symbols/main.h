/*
 * main.h - finds main by the code that starts a program.
 */
#ifndef SYMBOLS_MAIN_H
#define SYMBOLS_MAIN_H

#include <libelf.h>
#include <stdbool.h>
#include <stdint.h>

/* What the entry point of the file hands to __libc_start_main as main, or 0. */
uint64_t symbols_main_address(Elf *elf);

/* Whether `return_address` is where `libc` calls main: what that returns goes to exit. */
bool symbols_main_is_called(Elf *libc, uint64_t return_address);

/* Whether the file is a program whose entry point hands main to __libc_start_main; then the
 * bounds of main, as far as its entry in .eh_frame reaches. */
bool symbols_main_find(Elf *elf, uint64_t *address, uint64_t *size);

#endif
