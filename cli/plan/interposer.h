/*
 * interposer.h - writes the shared object whose stubs stand before the hooked functions.
 *
 * hook_record.h has the contract between that object and libscoped-trace.so.
 */
#ifndef PLAN_INTERPOSER_H
#define PLAN_INTERPOSER_H

struct plans;
struct program;

/* Writes to `path` an object that defines, in each version in which one of the program's libraries
 * (the image itself excluded) defines it, each leaf that is not hooked at its entry, and what the
 * library watches for its own needs. Returns 0 or -errno, and then *problem is one line
 * (malloc'ed). */
int interposer_write(
    const char *path, const struct plans *plans, const struct program *program, char **problem);

#endif
