/*
 * root_settings.h - how calls of the root are told apart (--each, --by).
 */
#ifndef ROOT_SETTINGS_H
#define ROOT_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

struct root_settings {
    /* How many different calls are kept for each thread, or how many values for the process. 0:
     * calls of the root are not told apart. */
    uint32_t limit;
    bool is_innermost; /* a call within a call is one of its own; else it is a part of it */
    uint8_t argument;  /* calls are told apart by this argument in a register, from 1 on; 0: by
                        * what is hit in them */
    uint8_t bytes;     /* how many of its bytes count: 1, 2, 4 or 8 */
    uint8_t form;      /* enum trace_value_form */
};

extern struct root_settings root_settings;

#define ROOT_LIMIT_MAX 10000

#endif
