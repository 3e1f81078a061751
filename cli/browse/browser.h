/*
 * browser.h - shows a run, and does what the keys say until the user quits.
 */
#ifndef BROWSE_BROWSER_H
#define BROWSE_BROWSER_H

struct state;

/* The first view is made, and the screen has begun. Returns when the user quits, or the terminal is
 * gone. */
void browser_run(struct state *state);

#endif
