/*
 * frame_row.c - finds the row of the unwind table for a thread that may be in a pad.
 */
#include "walk/frame_row.h"

#include "base/forbidden.h"

enum cfi_result frame_find_row(
    uint64_t eh_frame_hdr, const struct pad_place *place, struct cfi_work *work)
{
    enum cfi_result result = cfi_find_row(eh_frame_hdr, place->pc, work);
    if (result != CFI_FOUND || place->pushed == 0)
        return result;
    if (work->row.cfa_is_expression)
        return CFI_UNKNOWN;
    if (work->row.cfa_register == ARCH_SP)
        work->row.cfa_value += (int64_t)place->pushed;
    return CFI_FOUND;
}
