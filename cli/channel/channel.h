/*
 * channel.h - between the tool, which looks at a run, and the browser, which shows it.
 *
 * A pair of sockets (SOCK_SEQPACKET). The browser asks, and gets one answer for each request. Both
 * are of one version, so the messages are these structures.
 */
#ifndef CHANNEL_CHANNEL_H
#define CHANNEL_CHANNEL_H

#include <stdbool.h>
#include <stdint.h>

struct channel_request {
    uint32_t columns; /* of the terminal */
    uint32_t waits;   /* how many waits are told, at most */
    bool has_colors;
};

struct channel_answer {
    bool has_ended;    /* no process of the run is left */
    char problem[200]; /* what went wrong, one line; empty: nothing */
    int period_fd;     /* a saved file: what has happened since the look before; -1: nothing yet */
    int now_fd;        /* text: what waits now; -1: not known */
};

/* Each returns 0, or -errno: -EPIPE if the other side is gone. */
int channel_ask(int socket, const struct channel_request *request);
int channel_take_request(int socket, struct channel_request *request);
int channel_answer(int socket, const struct channel_answer *answer);

/* The caller closes the descriptors. */
int channel_take_answer(int socket, struct channel_answer *answer);

#endif
