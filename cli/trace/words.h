/*
 * words.h - words for what a trace says by numbers.
 */
#ifndef TRACE_WORDS_H
#define TRACE_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Why such a program is not traced, as a phrase without a verb or with its own subject; NULL for
 * what is no reason. */
const char *trace_untraced_text(uint32_t reason);

/* Whether that is so of its interpreter, and not of the file itself. */
bool trace_untraced_is_interpreter(uint32_t reason);

/* Words for losses[kind] to follow a count: "hits ...", or NULL past the last kind. */
const char *trace_loss_text(size_t kind);

/* Why leaves were not hooked at their entry, of the i-th of enum trace_unhooked_kind, each there
 * twice. */
const char *trace_unhooked_text(size_t i);

#endif
