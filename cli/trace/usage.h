/*
 * usage.h - how long a process ran, and how much processor time it took.
 *
 * A process notes itself when it begins and when it is about to end. It cannot note its end if it
 * is killed, or ends by a system call instruction of its own; of the program itself the tool knows
 * it all the same.
 */
#ifndef TRACE_USAGE_H
#define TRACE_USAGE_H

#include <stdbool.h>
#include <stdint.h>

struct trace_header;

struct process_usage {
    uint64_t begun_ns; /* CLOCK_MONOTONIC when this image was executed, or the process was forked */
    uint64_t wall_ns;  /* from then to its end, or to when this was found out; 0: not known */
    uint64_t user_ns;  /* processor time of all its threads in that time, without children */
    uint64_t system_ns;
    bool is_known; /* false: the end is not known. The time ends with what was last known of the
                    * process; how much processor time it took until then is mostly not known: 0 */
    bool has_wait_status;
    int wait_status; /* as from wait(2) */
};

/* A moment of a process: see trace_format.h. */
struct usage_moment {
    uint64_t ns; /* CLOCK_MONOTONIC; 0: not known */
    uint64_t user_ns, system_ns;
};

/* What the trace says. */
struct usage_record {
    struct usage_moment begun, ended;
    uint32_t end; /* enum trace_end */
    int status;
};

/* Reads what the header says. Returns false if that is impossible; nothing is known then. */
bool usage_record_read(
    struct usage_record *record, const struct trace_header *header, uint64_t now_ns);

/* Whether a process can have taken the processor time that lies between the moments. */
bool usage_is_possible(const struct usage_moment *from, const struct usage_moment *to);

#endif
