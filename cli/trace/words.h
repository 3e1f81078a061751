/*
 * words.h - words for the numbers in a trace.
 */
#ifndef TRACE_WORDS_H
#define TRACE_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Returns why such a program is not traced, as a phrase without a verb or with its own subject;
 * NULL if `reason` is unknown. */
const char *trace_untraced_text(uint32_t reason);

/* Returns whether the reason is about the program's interpreter, and not about the file itself. */
bool trace_untraced_is_interpreter(uint32_t reason);

/* Returns words for losses[kind] that follow a count: "hits ...", or NULL after the last kind. */
const char *trace_loss_text(size_t kind);

/* Returns why leaves were not hooked at their entry; i / 2 is the enum trace_unhooked_kind. */
const char *trace_unhooked_text(size_t i);

#endif
