/*
 * patch.h - writes jumps over the first instructions of functions.
 *
 * Only one caller at a time: at the start, or under the dynamic linker's lock.
 */
#ifndef PATCH_H
#define PATCH_H

#include <stdbool.h>
#include <stdint.h>

/* A piece of a module's code, in which jumps are to be written. */
struct patch_area {
    uint64_t start, end; /* whole pages */
    int protection;      /* as for mmap(2), before and afterwards */
};

/* Whether other threads may be running. Then only a single instruction can be replaced. */
bool patch_is_among_threads(void);

/* Makes the area writable while it stays executable. Returns false if the system does not allow
 * that. patch_write with PATCH_BY_FILE may still work then. */
bool patch_open(const struct patch_area *area);
void patch_close(const struct patch_area *area);

/* Drops the area's pages that are mapped already, if all are as in the file: a write to a mapped
 * page must replace it in the page tables, which costs more than a write to a page that is not
 * mapped. Only while no other thread runs the code. */
void patch_release(const struct patch_area *area);

/* Makes pages of an open area real before they are written. This costs a fraction of the page
 * faults. */
void patch_touch(const struct patch_area *pages);

enum patch_way {
    PATCH_BY_FILE, /* through /proc/self/mem */
    PATCH_ATOMIC,  /* in an open area, by one store, or not at all */
};

/* Writes a jump to `target` at `address` if the `size` bytes there are `expected`. Returns whether
 * it did. */
bool patch_write(
    uint64_t address, uint64_t target, const uint8_t *expected, unsigned size, enum patch_way way);

/* One of many jumps that are written at once. */
struct patch {
    uint64_t address, target;
    const uint8_t *expected;
    unsigned size;
    bool *is_done; /* patch_write_many sets it to true if the jump was written, else leaves it alone
                    */
};

#define PATCH_MANY 16

/* Writes up to PATCH_MANY jumps in an open area of this process. No other thread may run the code.
 */
void patch_write_many(const struct patch *patches, unsigned count, int32_t pid);

/* Looks for up to PATCH_MANY jumps, and sets *is_done to false for each that is gone. */
void patch_look_for(const struct patch *patches, unsigned count, int32_t pid);

#endif
