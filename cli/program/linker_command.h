/*
 * linker_command.h - a command that executes the dynamic linker, to run a program: ld.so(8).
 */
#ifndef PROGRAM_LINKER_COMMAND_H
#define PROGRAM_LINKER_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

/* Whether the file is glibc's dynamic linker for x86-64, whatever its name. */
bool linker_command_is_linker(const char *path);

/* Where the program is in the arguments that the dynamic linker gets; 0: it is not to run one, or
 * it is not known what they mean. */
size_t linker_command_program(char *const argv[]);

/* The arguments by which it lists the libraries of that program, with the same options; to be
 * freed, the strings not. NULL when out of memory. */
char **linker_command_list(char *const argv[], size_t program, char *linker);

#endif
