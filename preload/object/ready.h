/*
 * ready.h - which descriptor a call that waits for several was for: poll(2), select(2),
 * epoll_wait(2).
 */
#ifndef READY_H
#define READY_H

#include <stdint.h>

#include "code/call_frame.h"

#define READY_NONE (-1)

/* The descriptors that a call waits for. */
struct ready_set {
    uint32_t count;                 /* how many they are */
    int numbers[TRACE_SET_MEMBERS]; /* the first ones */
};

/* Sets what the call waits for; a count of 0 if it does not wait (poll(2) for 0 milliseconds), or
 * if its arguments cannot be read, or are very many. Keeps in the call what ready_after needs.
 * Async-signal-safe, as all are. */
void ready_before(struct call_frame *call, struct ready_set *set);

/* The first descriptor that was ready when the call ended; READY_NONE if that is not known. The
 * call must have returned a number above 0. */
int ready_after(const struct call_frame *call);

/* epoll_ctl(2) is called with these arguments, by the call whose frame is at `frame`: the program
 * knows a descriptor in an epoll by data of its own. */
void ready_note_control(const uint64_t *arguments, uint64_t frame);

#endif
