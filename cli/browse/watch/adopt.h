/*
 * adopt.h - shows what a look has told, in place of what was shown before.
 */
#ifndef BROWSE_WATCH_ADOPT_H
#define BROWSE_WATCH_ADOPT_H

struct state;

/* Takes the answer of the tool. Folds, the selected line and its place on the screen stay. What
 * went wrong is in state->status; then what was shown before stays. */
void adopt_answer(struct state *state);

/* Notes the selected line, after the user has done something. */
void adopt_note_selected(struct state *state);

#endif
