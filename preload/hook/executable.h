/*
 * executable.h - whether a file will load the library when it is executed.
 */
#ifndef EXECUTABLE_H
#define EXECUTABLE_H

#include <stdbool.h>
#include <stdint.h>

/* Looks at the file `path`, and at the interpreters of a script. `path` is relative to the open
 * directory, as in execveat(2), whose flags `flags` are. Returns whether the file could be
 * executed. Then *reason is one of enum trace_untraced; it is TRACE_UNTRACED_NOT for a program of
 * glibc, and if the reason cannot be found out, for example if the file cannot be read (its mode
 * may be 0111). `path` may be any address, because the kernel reads it first. Async-signal-safe.
 * Takes 0.9 KiB of the stack, and makes only system calls that the dynamic linker of the new
 * program will make as well. */
bool executable_look(int directory, const char *path, unsigned flags, uint32_t *reason);

#endif
