/*
 * unwind_general.h - a step with all the registers that unwind tables speak of.
 */
#ifndef UNWIND_GENERAL_H
#define UNWIND_GENERAL_H

#include "walk/unwind_state.h"

/* Steps from unwind->from to the frame `state` with all registers that the tables speak of, and
 * makes *state its caller's. */
enum unwind_result unwind_step_generally(struct unwind *unwind, struct unwind_state *state);

#endif
