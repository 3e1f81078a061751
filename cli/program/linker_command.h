/*
 * linker_command.h - a command that executes the dynamic linker in order to run a program:
 * ld.so(8).
 */
#ifndef PROGRAM_LINKER_COMMAND_H
#define PROGRAM_LINKER_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

/* Returns whether the file is glibc's dynamic linker for x86-64, whatever its name. */
bool linker_command_is_linker(const char *path);

/* Returns the index of the program in the arguments of the dynamic linker; 0: it runs no program,
 * or an option is not known. */
size_t linker_command_program(char *const argv[]);

/* Returns the arguments with which the dynamic linker lists the libraries of that program, with the
 * same options. The array is to be freed, its strings are not. NULL when out of memory. */
char **linker_command_list(char *const argv[], size_t program, char *linker);

#endif
