/*
 * thread_time.h - how long a thread ran, and the processor time that it took.
 *
 * libc calls a function at the start of each thread that it makes, and one when the thread's
 * function has ended; both are hooked at their entry. Of other threads nothing is noted. All
 * functions are async-signal-safe.
 */
#ifndef THREAD_TIME_H
#define THREAD_TIME_H

#include <stdbool.h>
#include <stdint.h>

struct trace_thread;

/* Of one owner of a struct thread. */
struct thread_time {
    uint64_t begun_ticks;                     /* 0: not known */
    uint64_t former_ran_ticks, former_cpu_ns; /* of the former threads in the record */
    _Atomic bool is_noted;
};

/* The calling thread has begun. */
void thread_time_note_begin(void);

/* At the calling thread's first hit: what was noted at its start is its own if `has_begun`. */
void thread_time_start(struct thread_time *time, struct trace_thread *record, bool has_begun);

/* Whether a thread could be noted, and was not so far. */
bool thread_time_is_open(const struct thread_time *time);

/* Notes in the record what the thread with the id `tid`, one of this process, has taken so far; it
 * or the process is about to end. Makes a system call. */
void thread_time_note(struct thread_time *time, struct trace_thread *record, int32_t tid);

#endif
