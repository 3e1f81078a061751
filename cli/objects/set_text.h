/*
 * set_text.h - several descriptors, for which one call waits, as people say them.
 */
#ifndef OBJECTS_SET_TEXT_H
#define OBJECTS_SET_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* Returns "5 descriptors: timerfd, pipe (x2) and 2 more" for `count` descriptors, of which these
 * texts are known; malloc'ed, NULL when out of memory. A count of 0: it is not known how many. */
char *set_text_join(const char *const *texts, size_t known, uint32_t count);

#endif
