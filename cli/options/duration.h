/*
 * duration.h - reads a time as users write it.
 */
#ifndef OPTIONS_DURATION_H
#define OPTIONS_DURATION_H

#include <stdbool.h>
#include <stdint.h>

/* Reads "10s", "2.5 ms" and the like; the units are ns, us, ms, s, m (or min) and h. Returns false,
 * and leaves *ns, if it is no such time, or longer than 100 years. */
bool duration_read(const char *text, uint64_t *ns);

#endif
