/*
 * root_settings.h - how calls of the root are told apart (--each).
 */
#ifndef ROOT_SETTINGS_H
#define ROOT_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

struct root_settings {
    /* How many different calls are kept for each thread. 0: calls of the root are not told apart.
     */
    uint32_t limit;
    bool is_innermost; /* a call within a call is one of its own; else it is a part of it */
};

extern struct root_settings root_settings;

#define ROOT_LIMIT_MAX 10000

#endif
