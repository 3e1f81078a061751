/*
 * store.h - saves a run under the name that the user has chosen.
 */
#ifndef SAVED_STORE_H
#define SAVED_STORE_H

struct saved;
struct saved_options;

/* Returns 0, or -errno if a file certainly cannot be written there. */
int store_check(const char *path);

/* Writes the file. It gets its name when it is complete; what was there before stays until then. A
 * device or a pipe is written to. Returns 0 or -errno. */
int store_saved(const char *path, const struct saved *saved, const struct saved_options *options);

#endif
