/*
 * watching.h - a run that goes on: when the tool is asked to look at it, and what the user has
 * chosen.
 */
#ifndef BROWSE_WATCH_WATCHING_H
#define BROWSE_WATCH_WATCHING_H

#include <stdbool.h>
#include <stdint.h>

#include "browse/trail.h"
#include "browse/watch/folds.h"
#include "browse/watch/pane.h"

struct channel_answer;

struct watching {
    int socket;                  /* to the tool: see channel/channel.h; -1: the tool is gone */
    uint64_t every_ns, asked_ns; /* CLOCK_MONOTONIC; 0: not asked yet */
    bool is_asked;               /* there will be an answer */
    bool skips_period; /* the next one's period is not shown: it is that of the freezing */
    bool is_frozen, has_ended;
    bool has_colors;
    struct pane pane;
    struct folds folds;
    struct trail selected; /* the line that the user has selected; it may be in no view now */
};

void watching_finish(struct watching *watching);

/* Waits for a key, and asks the tool to look when it is time. Returns the key, or SCREEN_NEWS when
 * there is an answer. */
int watching_wait(struct watching *watching);

/* Takes the answer; the caller closes its descriptors. Returns false if the tool is gone. */
bool watching_take(struct watching *watching, struct channel_answer *answer);

void watching_freeze(struct watching *watching, bool is_frozen);

/* Makes the periods longer or shorter. */
void watching_change_period(struct watching *watching, bool is_longer);

#endif
