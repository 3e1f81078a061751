/*
 * process_time.h - what the system says of the time of another process.
 */
#ifndef BASE_PROCESS_TIME_H
#define BASE_PROCESS_TIME_H

#include <stdbool.h>
#include <stdint.h>

/* What was seen of a process from outside. Times are CLOCK_MONOTONIC in nanoseconds; 0: not known.
 */
struct process_life {
    int pid;
    uint64_t begun_ns; /* right before it executed its first program */
    uint64_t ended_ns; /* when its end was noticed */
    uint64_t user_ns;  /* processor time of all its threads, without children */
    uint64_t system_ns;
    bool is_whole; /* that is the time until its end; else until it was last looked at */
    bool has_status;
    int status; /* as from wait(2) */
};

/* Reads the processor time of a process that runs, or has ended and was not waited for yet. Returns
 * 0 if there is no such process. */
uint64_t process_time_sum(int pid);

/* Divides a sum in the ratio of two other numbers; if both are 0, all of it is user time. */
void process_time_divide(struct process_life *life, uint64_t sum, uint64_t user, uint64_t system);

/* Notes the present time and the processor time of a process that is still there, and its status if
 * it has ended and the kernel tells it (not 0). The sum of the times is exact; how it is divided is
 * known in units of 10 ms (proc(5), /proc/PID/stat). The first look takes 50 us, others less.
 * Returns false, and changes nothing, if there is no such process. */
bool process_time_look(struct process_life *life, int pid);

/* Returns the processor time that a thread of a process that runs has taken so far, up to a tick
 * ago; 0: there is no such thread, or the kernel does not tell it. */
uint64_t process_time_of_thread(int pid, int tid);

#endif
