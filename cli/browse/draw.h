/*
 * draw.h - the screen of the browser: head, tree, and the line at the bottom.
 */
#ifndef BROWSE_DRAW_H
#define BROWSE_DRAW_H

#include <stddef.h>

struct state;

/* Returns how many lines of the tree have room on the screen; at least 1. */
size_t draw_rows(const struct state *state);

/* Draws all, with the selected line on the screen. */
void draw(struct state *state);

/* The same, with what the user types in the line at the bottom: a word before it, and the text. */
void draw_prompt(struct state *state, const char *before, const char *text);

#endif
