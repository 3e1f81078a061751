/*
 * executable.h - whether a file, when it is executed, will load the library.
 */
#ifndef EXECUTABLE_H
#define EXECUTABLE_H

#include <stdbool.h>
#include <stdint.h>

/* Looks at the file `path`, relative to the open directory as in execveat(2), whose flags these
 * are, and at the interpreters of a script. Returns whether there is a file that could be executed;
 * then *reason is one of enum trace_untraced, or TRACE_UNTRACED_NOT for a program of glibc and for
 * what cannot be told. What cannot be read, as its mode may be 0111, cannot be told. The kernel
 * reads the path, whatever it is. Async-signal-safe; takes 0.9 KiB of the stack, and of system
 * calls those that the dynamic linker of the new program will make as well. */
bool executable_look(int directory, const char *path, unsigned flags, uint32_t *reason);

#endif
