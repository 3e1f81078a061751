/*
 * unwind_general.h - a step with all registers that unwind tables name.
 */
#ifndef UNWIND_GENERAL_H
#define UNWIND_GENERAL_H

#include "walk/unwind_state.h"

/* Steps from unwind->from to the frame `state` with all registers that the tables name, and then
 * replaces *state by its caller's frame. */
enum unwind_result unwind_step_generally(struct unwind *unwind, struct unwind_state *state);

#endif
