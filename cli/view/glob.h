/*
 * glob.h - patterns in the tables of this room.
 *
 * A * stands for any letters, also none, and all others for themselves. The patterns that a user
 * writes are more: names/function_spec.h.
 */
#ifndef VIEW_GLOB_H
#define VIEW_GLOB_H

#include <stdbool.h>

bool glob_matches(const char *pattern, const char *text);

/* Returns whether one of the patterns, which have spaces between them, matches. */
bool glob_matches_one(const char *patterns, const char *text);

/* The same as glob_matches for a demangled function without its return type and parameters. */
bool glob_matches_name(const char *pattern, const char *function);

#endif
