/*
 * entry_jumps.h - the jumps at the entries of one module's functions, and their pads.
 *
 * For one caller at a time, with signals blocked.
 */
#ifndef ENTRY_JUMPS_H
#define ENTRY_JUMPS_H

#include <stdbool.h>
#include <stdint.h>

#include "code/pad.h"
#include "hook/image.h"
#include "hook/plan.h"

/* Where and how the functions are hooked. */
struct entry_work {
    struct image *image; /* of the module */
    int32_t pid;
    bool is_shared; /* other threads may be running its code */
    bool is_start;  /* nothing of the program has run yet */
};

/* Hooks the functions of the plan. Returns the pads, or NULL. The trace says what is not hooked. */
struct pads *entry_jumps_make(const struct entry_work *work, const struct plan *plan);

/* The same for the functions that the plan's IFUNCs choose. The module must be relocated. Returns
 * their pads, linked by `sibling`. */
struct pads *entry_jumps_make_indirect(const struct entry_work *work, const struct plan *plan);

/* Checks the jumps. Returns whether any is gone, and says so in the trace. */
bool entry_jumps_are_gone(struct pads *pads, int32_t pid);

#endif
