/*
 * stubs.h - the stubs of the interposer, and the functions behind them (hook_record.h).
 */
#ifndef STUBS_H
#define STUBS_H

#include <stdbool.h>
#include <stdint.h>

#include "hook_record.h"

/* Finds the real function of a stub: the next definition after the interposer's own. Returns its
 * address; 0: there is none. Async-signal-safe. */
uint64_t stubs_resolve(struct hook_record *record);

/* The same for all stubs that are not HOOK_LATE. Later calls try only those whose function was not
 * found before. */
void stubs_resolve_all(void);

/* Called after functions were hooked at their entry: a call through a stub must not be counted
 * twice. */
void stubs_mind_entries(void);

/* Whether there is a stub for the function at `address`. */
bool stubs_stand_before(uint64_t address);

/* Whether a stub will see when the program loads libraries. */
bool stubs_watch_loading(void);

#endif
