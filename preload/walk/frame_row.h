/*
 * frame_row.h - finds the row of the unwind table for a thread that may be in a pad.
 */
#ifndef FRAME_ROW_H
#define FRAME_ROW_H

#include <stdbool.h>
#include <stdint.h>

#include "code/pad.h"
#include "walk/cfi.h"

/* Where to look for the row of a frame. An interrupted frame is at `pc`. A frame that has made a
 * call is at the call, not at the instruction behind it: the call may be a function's last
 * instruction. */
static inline struct pad_place frame_place(uint64_t pc, bool is_interrupted)
{
    return is_interrupted ? pad_place(pc) : (struct pad_place){.pc = pc - 1};
}

/* Finds work->row for a thread that is at `place`, in the tables of its module at `eh_frame_hdr`,
 * as cfi_find_row does. Async-signal-safe. */
enum cfi_result frame_find_row(
    uint64_t eh_frame_hdr, const struct pad_place *place, struct cfi_work *work);

#endif
