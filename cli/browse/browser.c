/*
 * browser.c - shows a run, and does what the keys say until the user quits.
 *
 * help.c lists the keys.
 */
#include "browse/browser.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include "browse/actions.h"
#include "browse/draw.h"
#include "browse/help.h"
#include "terminal/screen.h"
#include "browse/state.h"
#include "browse/watch/adopt.h"
#include "browse/watch/save.h"
#include "browse/watch/watching.h"

#define WHEEL_LINES 3
#define CONTROL_L   0x0c

/* ---- moving ---- */

static void move_to(struct state *state, size_t at)
{
    state->at = at < state->lines.count ? at : state->lines.count - 1;
}

static void move_up(struct state *state, size_t lines)
{
    state->at = state->at > lines ? state->at - lines : 0;
}

/* The wheel moves the tree. The selected line stays, as long as it is on the screen. */
static void scroll_up(struct state *state)
{
    state->from = state->from > WHEEL_LINES ? state->from - WHEEL_LINES : 0;
    if (state->at >= state->from + draw_rows(state))
        state->at = state->from + draw_rows(state) - 1;
}

static void scroll_down(struct state *state)
{
    size_t rows = draw_rows(state), count = state->lines.count;
    size_t last = count > rows ? count - rows : 0;
    state->from = state->from + WHEEL_LINES < last ? state->from + WHEEL_LINES : last;
    if (state->at < state->from)
        state->at = state->from;
}

static bool browser_move(struct state *state, int key)
{
    switch (key) {
    case 'k':
    case SCREEN_UP: move_up(state, 1); return true;
    case 'j':
    case SCREEN_DOWN: move_to(state, state->at + 1); return true;
    case SCREEN_PAGE_UP: move_up(state, draw_rows(state)); return true;
    case SCREEN_PAGE_DOWN: move_to(state, state->at + draw_rows(state)); return true;
    case 'g':
    case SCREEN_HOME: move_to(state, 0); return true;
    case 'G':
    case SCREEN_END: move_to(state, state->lines.count); return true;
    case SCREEN_WHEEL_UP: scroll_up(state); return true;
    case SCREEN_WHEEL_DOWN: scroll_down(state); return true;
    case 'n': move_to(state, lines_next_sibling(&state->lines, state->at)); return true;
    case 'p': move_to(state, lines_previous_sibling(&state->lines, state->at)); return true;
    default: return false;
    }
}

/* ---- folding ---- */

static struct line *browser_line(struct state *state)
{
    return &state->lines.list[state->at];
}

/* The first node that the line has stood for is selected then. */
static void unfold_rest(struct state *state, struct view_node *parent)
{
    struct view_node *hidden = parent->first_child;
    while (hidden && hidden->is_shown)
        hidden = hidden->next_sibling;
    lines_unfold(parent);
    action_relist(state, hidden ? hidden : parent);
    action_note_fold(state, FOLD_OPEN, parent);
}

static void unfold(struct state *state)
{
    const struct line *line = browser_line(state);
    struct view_node *last = line->last;
    if (line->is_rest) {
        unfold_rest(state, last);
    } else if (lines_is_folded(last)) {
        lines_unfold(last);
        action_relist(state, last);
        action_note_fold(state, FOLD_OPEN, last);
    }
}

static void unfold_all(struct state *state)
{
    struct view_node *last = browser_line(state)->last;
    lines_unfold_all(last);
    action_relist(state, last);
    action_note_fold(state, FOLD_ALL_OPEN, last);
}

/* The outermost functions of a group without a heading stay. */
static void fold_or_leave(struct state *state)
{
    const struct line *line = browser_line(state);
    struct view_node *last = line->last;
    if (line->is_rest || last->shown_children == 0) {
        move_to(state, lines_parent(&state->lines, state->at));
        return;
    }
    lines_fold(last);
    action_relist(state, last);
    action_note_fold(state, FOLD_CLOSED, last);
}

static void unfold_heaviest(struct state *state)
{
    struct view_node *end = lines_unfold_heaviest(browser_line(state)->last, state->by_hits);
    action_relist(state, end);
    action_note_fold(state, FOLD_REVEALED, end);
}

static bool browser_fold(struct state *state, int key)
{
    switch (key) {
    case '+':
    case ' ':
    case SCREEN_ENTER:
    case SCREEN_RIGHT: unfold(state); return true;
    case '-':
    case SCREEN_LEFT: fold_or_leave(state); return true;
    case '*': unfold_all(state); return true;
    case 'l': unfold_heaviest(state); return true;
    default: return false;
    }
}

/* ---- the other keys ---- */

static void act(struct state *state, int key)
{
    switch (key) {
    case '/': action_search(state); break;
    case 's': action_search_again(state, false); break;
    case 'S': action_search_again(state, true); break;
    case 't': action_sort(state, VIEW_BY_TIME); break;
    case 'h': action_sort(state, VIEW_BY_HITS); break;
    case 'o': action_sort(state, VIEW_BY_ORDER); break;
    case 'v': action_weigh(state); break;
    case 'u': action_under(state); break;
    case 'U': action_back(state); break;
    case 'i': action_invert(state); break;
    case 'a': action_internals(state); break;
    case 'd': action_places(state); break;
    case 'c': action_calls(state); break;
    case 'e': action_edit(state); break;
    case '?': help_show(state->watching != NULL); break;
    case CONTROL_L: screen_forget(); break;
    default: break;
    }
}

/* ---- a run that goes on ---- */

/* Keys that are others in a run that was recorded. Returns whether it is one of them. */
static bool browser_watch(struct state *state, int key)
{
    struct watching *watching = state->watching;
    switch (key) {
    case 'f':
    case ' ': watching_freeze(watching, !watching->is_frozen); return true;
    case 'w': save_period(state); return true;
    case '<': watching_change_period(watching, false); return true;
    case '>': watching_change_period(watching, true); return true;
    default: return false;
    }
}

/* Where there is no line, there is nothing to move to. */
static void browser_take(struct state *state, int key)
{
    bool has_lines = state->lines.count > 0;
    bool is_possible = has_lines || key == '?' || (key == 'U' && state->scope.view);
    if (state->watching && browser_watch(state, key))
        return;
    if (!is_possible)
        return;
    if (has_lines && (browser_move(state, key) || browser_fold(state, key)))
        return;
    act(state, key);
}

static int browser_read_key(struct state *state)
{
    return state->watching ? watching_wait(state->watching) : screen_read_key();
}

void browser_run(struct state *state)
{
    for (;;) {
        draw(state);
        int key = browser_read_key(state);
        if (key == SCREEN_NEWS) {
            adopt_answer(state);
            continue;
        }
        free(state->status);
        state->status = NULL;
        if (key == 'q' || key == SCREEN_CLOSED)
            return;
        browser_take(state, key);
        if (state->watching)
            adopt_note_selected(state);
    }
}
