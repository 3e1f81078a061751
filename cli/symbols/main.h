/*
 * main.h - finds main from the code that starts a program.
 */
#ifndef SYMBOLS_MAIN_H
#define SYMBOLS_MAIN_H

#include <libelf.h>
#include <stdbool.h>
#include <stdint.h>

/* Returns the address that the file's entry point passes to __libc_start_main as main, or 0. */
uint64_t symbols_main_address(Elf *elf);

/* Returns whether `return_address` is where `libc` calls main: the result of that call is passed to
 * exit. */
bool symbols_main_is_called(Elf *libc, uint64_t return_address);

/* Returns whether the file is a program whose entry point passes main to __libc_start_main. Then
 * sets the bounds of main, according to its entry in .eh_frame. */
bool symbols_main_find(Elf *elf, uint64_t *address, uint64_t *size);

/* Returns whether `return_address` is in the code at which the kernel begins to run the file. */
bool symbols_main_is_entry(Elf *elf, uint64_t return_address);

#endif
