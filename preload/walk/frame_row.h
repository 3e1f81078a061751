/*
 * frame_row.h - the row of the unwind table for a thread, which may be in a pad.
 */
#ifndef FRAME_ROW_H
#define FRAME_ROW_H

#include <stdbool.h>
#include <stdint.h>

#include "code/pad.h"
#include "walk/cfi.h"

/* Where to look for the row of a frame: what was interrupted is at `pc`; what was called from is
 * at the call, not at what stands behind it, as a call may be a function's last instruction. */
static inline struct pad_place frame_place(uint64_t pc, bool is_interrupted)
{
    return is_interrupted ? pad_place(pc) : (struct pad_place){.pc = pc - 1};
}

/* Finds work->row for a thread that was interrupted at the place, in the tables of its module at
 * `eh_frame_hdr`, as cfi_find_row does. Async-signal-safe. */
enum cfi_result frame_find_row(
    uint64_t eh_frame_hdr, const struct pad_place *place, struct cfi_work *work);

#endif
