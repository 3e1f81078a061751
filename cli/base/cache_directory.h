/*
 * cache_directory.h - where the tool keeps what later runs can use.
 */
#ifndef BASE_CACHE_DIRECTORY_H
#define BASE_CACHE_DIRECTORY_H

#include <stdbool.h>

/* Returns the directory scoped-trace in $XDG_CACHE_HOME, or else in ~/.cache; malloc'ed. Creates it
 * if necessary (0700). NULL: there is none that belongs to this user and that only this user can
 * write to. */
char *cache_directory_find(void);

/* Creates the directory if necessary. Returns whether it belongs to this user, and only this user
 * can write there. Does not create anything in another user's directory. */
bool cache_directory_is_own(const char *path);

#endif
