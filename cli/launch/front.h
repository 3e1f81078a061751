/*
 * front.h - a second process, for which the user's shell waits, so that the tool can go on when the
 * shell has its terminal back.
 *
 * The tool stays the program's parent, so the program notices nothing.
 */
#ifndef LAUNCH_FRONT_H
#define LAUNCH_FRONT_H

#include <stddef.h>

struct front {
    int channel; /* to the other process */
};

/* Makes a child, in which this returns: it is the tool from now on. This process is the front: it
 * passes signals on to the tool, stops as the tool does, and exits as the tool does. If the tool
 * calls front_leave, signals have their usual effect in the front again, it calls `leave`, and
 * exits with the status that this returns. Signals must be held. Returns 0, or -errno in the only
 * process.
 */
int front_make(
    struct front *front, int (*leave)(const struct front *front, void *argument), void *argument);

/* Of the tool: the front is to leave. If it was killed, nothing happens. */
void front_leave(const struct front *front);

/* Of the front, in `leave`: hands some bytes to the tool. */
void front_hand(const struct front *front, const void *bytes, size_t size);

/* Of the tool, after front_leave: waits until the front has handed the bytes, or has ended. Returns
 * how many bytes came, and closes the channel. */
size_t front_take(struct front *front, void *bytes, size_t size);

#endif
