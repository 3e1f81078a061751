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

/* Lets the pages of an area go that are mapped already, if all are as they are in the file: to
 * write to a page that is mapped means to replace it in the page tables, and costs more than to
 * bring one in. Only where nobody else runs the code. */
void patch_release(const struct patch_area *area);

/* Makes pages of an open area real that are about to be written: this costs a fraction of what
 * the page faults would. */
void patch_touch(const struct patch_area *pages);

enum patch_way {
    PATCH_BY_FILE, /* through /proc/self/mem */
    PATCH_ATOMIC,  /* in an open area, by one store or not at all */
};

/* Writes a jump to `target` at `address`, if `size` bytes there are as `expected`. Returns whether
 * it did. */
bool patch_write(
    uint64_t address, uint64_t target, const uint8_t *expected, unsigned size, enum patch_way way);

/* The same, for many at once. */
struct patch {
    uint64_t address, target;
    const uint8_t *expected;
    unsigned size;
    bool *is_done; /* set to true for what was written, else left alone */
};

#define PATCH_MANY 16

/* Writes up to PATCH_MANY jumps in an open area of this process whose code nobody else runs. */
void patch_write_many(const struct patch *patches, unsigned count, int32_t pid);

/* Sets *is_done to false for each of up to PATCH_MANY whose jump is not there any more. */
void patch_look_for(const struct patch *patches, unsigned count, int32_t pid);

#endif
