/*
 * actions.h - what the keys of the browser do besides moving.
 *
 * They say in state->status what went wrong.
 */
#ifndef BROWSE_ACTIONS_H
#define BROWSE_ACTIONS_H

#include <stdbool.h>

#include "browse/watch/folds.h"
#include "view/view.h"

struct state;

/* Lists the lines anew after a change, with the node selected. */
void action_relist(struct state *state, struct view_node *selected);

/* Notes what was done to a node in the group of the selected line, for the next views of a run that
 * is watched. */
void action_note_fold(struct state *state, enum fold_kind kind, const struct view_node *node);

/* Makes the first view, or the one after state->scope.wish was changed, with the same node selected
 * if it is there. Returns 0 or -errno. */
int action_make_view(struct state *state);

void action_sort(struct state *state, enum view_sort sort);
void action_weigh(struct state *state);
void action_invert(struct state *state);
void action_internals(struct state *state);
void action_places(struct state *state);

/* Shows only what is below the selected function, and what was shown before. */
void action_under(struct state *state);
void action_back(struct state *state);

/* Asks for a text, and selects the next node that has it in its name. */
void action_search(struct state *state);
void action_search_again(struct state *state, bool is_backwards);

/* Shows how long the calls of the leaf in the selected line took. */
void action_calls(struct state *state);

/* Opens the source of the selected line. */
void action_edit(struct state *state);

#endif
