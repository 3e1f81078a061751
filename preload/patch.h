/*
 * patch.h - writes jumps over the first instructions of functions.
 *
 * One caller at a time: at the start, or under the dynamic linker's lock.
 */
#ifndef PATCH_H
#define PATCH_H

#include <stdbool.h>
#include <stdint.h>

/* A piece of a module's code, of which some is to be written. */
struct patch_area {
    uint64_t start, end; /* whole pages */
    int protection;      /* as mmap(2) knows it, before and afterwards */
};

/* Whether other threads may be running: then only what is one instruction can be replaced. */
bool patch_is_among_threads(void);

/* Makes the area writable while it stays executable. Returns false where the system does not
 * allow that; then patch_write finds another way, if there is one. */
bool patch_open(const struct patch_area *area);
void patch_close(const struct patch_area *area);

/* Makes the page of an open area real that is about to be written: this costs a fraction of what
 * the page fault would. */
void patch_touch(uint64_t page);

enum patch_way {
    PATCH_WRITABLE, /* in an open area */
    PATCH_BY_FILE,  /* through /proc/self/mem */
    PATCH_ATOMIC,   /* in an open area, by one store or not at all */
};

/* Writes a jump to `target` at `address`, if `size` bytes there are as `expected`. Returns whether
 * it did. */
bool patch_write(
    uint64_t address, uint64_t target, const uint8_t *expected, unsigned size, enum patch_way way);

#endif
