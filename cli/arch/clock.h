/*
 * clock.h - reads the processor's clock, from which traces take their times: uint64_t
 * arch_clock_ticks(void).
 */
#ifndef ARCH_CLOCK_H
#define ARCH_CLOCK_H

#if defined __x86_64__
#include "arch/x86_64/clock.h"
#endif

#endif
