/*
 * ranges.h - which of many nested address ranges is the innermost around an address.
 *
 * Ranges are added in any order, then sealed, then looked up. A range that begins later, or
 * at the same address with a greater rank, lies over those that it overlaps.
 */
#ifndef SYMBOLS_RANGES_H
#define SYMBOLS_RANGES_H

#include <stddef.h>
#include <stdint.h>

#define SYMBOLS_RANGES_NONE UINT32_MAX

struct symbols_ranges {
    struct symbols_range *list;       /* what was added; NULL once sealed */
    struct symbols_range_step *steps; /* the addresses at which the innermost range changes */
    size_t count, capacity, step_count;
};

/* An object of zeroes is an empty set. Adds [low, high), which is ignored when empty.
 * Returns 0 or -ENOMEM. */
int symbols_ranges_add(
    struct symbols_ranges *ranges, uint64_t low, uint64_t high, uint32_t rank, uint32_t value);

/* Returns 0, or -ENOMEM, and then nothing will be found. */
int symbols_ranges_seal(struct symbols_ranges *ranges);

/* The value of the innermost range around `address`, or SYMBOLS_RANGES_NONE. */
uint32_t symbols_ranges_find(const struct symbols_ranges *ranges, uint64_t address);

void symbols_ranges_finish(struct symbols_ranges *ranges);

#endif
