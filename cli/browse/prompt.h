/*
 * prompt.h - reads a line that the user types at the bottom of the screen.
 */
#ifndef BROWSE_PROMPT_H
#define BROWSE_PROMPT_H

struct state;

/* Returns the text, in UTF-8, malloc'ed; NULL: the user has given up (Escape, or Backspace in an
 * empty line), the terminal is gone, or there is no memory. */
char *prompt_read(struct state *state, const char *before);

#endif
