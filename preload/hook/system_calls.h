/*
 * system_calls.h - leaves that are called by their number, with syscall(2).
 */
#ifndef SYSTEM_CALLS_H
#define SYSTEM_CALLS_H

#include "code/call_frame.h"

/* The record of the leaf that this call of a function with HOOK_SHARES (syscall(2) is one) stands
 * for, or NULL: it is no leaf. */
struct hook_record *system_calls_leaf(const struct call_frame *call);

#endif
