/*
 * interposer.h - writes the shared object whose stubs stand before the hooked functions.
 *
 * hook_record.h has the contract between that object and libscoped-trace.so.
 */
#ifndef INTERPOSER_H
#define INTERPOSER_H

#include <stddef.h>

struct leaves;
struct program;

/* Writes to `path` an object that defines each leaf in each version in which one of the
 * program's libraries (the image itself excluded) defines it, and dlclose for the library's
 * own needs. Returns 0 or -errno; -ENOENT when a leaf that was asked for by name is defined by
 * none of them: *problem is then one line (malloc'ed) with the nearest names.
 * *hooked gets the number of leaves (not versions) that were found. */
int interposer_write(const char *path, const struct leaves *leaves, const struct program *program,
    size_t *hooked, char **problem);

#endif
