/*
 * save.h - saves what is shown in a file.
 */
#ifndef BROWSE_WATCH_SAVE_H
#define BROWSE_WATCH_SAVE_H

struct state;

/* Asks for a name, and saves the period there, with what waited at its end. state->status says what
 * was done. */
void save_period(struct state *state);

#endif
