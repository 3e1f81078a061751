/*
 * interposer.h - writes the shared object with the stubs of the hooked functions.
 *
 * hook_record.h has the contract between that object and libscoped-trace.so.
 */
#ifndef PLAN_INTERPOSER_H
#define PLAN_INTERPOSER_H

struct leaves;
struct plans;
struct program;

/* Writes the object to `path`. It defines each leaf that is not hooked at its entry, and each
 * function that the library watches for its own needs, in every version in which one of the
 * program's libraries (but not the image itself) defines it; and the system calls that are
 * leaves. Returns 0 or -errno; then *problem is
 * one line (malloc'ed). */
int interposer_write(const char *path, const struct plans *plans, const struct leaves *leaves,
    const struct program *program, char **problem);

#endif
