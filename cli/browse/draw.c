/*
 * draw.c - the screen of the browser: head, tree, what the selected leaf has waited for, and the
 * line at the bottom.
 *
 * Lines are printed as in a report. Only those on the screen are.
 */
#include "browse/draw.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/character.h"
#include "base/message.h"
#include "terminal/screen.h"
#include "browse/state.h"
#include "browse/watch/watching.h"
#include "names/fit.h"
#include "names/short_path.h"
#include "objects/labels.h"
#include "report/folded.h"
#include "report/objects/lines.h"
#include "report/printer.h"
#include "report/text_view.h"
#include "view/objects.h"

#define HEAD_ROWS 2 /* the times, and the names of the columns */

/* The head of a run that goes on is below what waits now. */
static size_t head_row(const struct state *state)
{
    return state->watching ? pane_rows(&state->watching->pane) : 0;
}

static size_t tree_row(const struct state *state)
{
    return head_row(state) + HEAD_ROWS;
}

size_t draw_rows(const struct state *state)
{
    size_t others = tree_row(state) + 1;
    return screen_rows() > others ? screen_rows() - others : 1;
}

/* Text that is printed, and then put on the screen. */
struct piece {
    char *text;
    size_t size;
    struct printer printer;
};

static bool begin_piece(struct piece *piece, const struct state *state)
{
    *piece = (struct piece){
        .printer = {.glyphs = state->glyphs,
            .color = true,
            .leaves_word = report_leaves_word(state->run ? state->run->saved.run.leaf_count : 0)}};
    piece->printer.out = open_memstream(&piece->text, &piece->size);
    return piece->printer.out != NULL;
}

static const char *end_piece(struct piece *piece)
{
    return fclose(piece->printer.out) == 0 ? piece->text : "";
}

/* Returns the columns of a text without its colours. */
static size_t columns_of(const char *text)
{
    size_t columns = 0;
    while (*text) {
        struct character at = character_at(text);
        if (*text == '\033') {
            text += strcspn(text, "m") + 1;
            continue;
        }
        columns += at.columns;
        text += at.length;
    }
    return columns;
}

/* ---- head ---- */

/* The hits, the second line of the head, follow the times if there is room. */
static void draw_head(const struct state *state)
{
    struct piece piece;
    char *both = NULL;
    if (!begin_piece(&piece, state))
        return;
    text_view_print_head(&piece.printer, &state->run->head, state->scope.view);
    const char *times = end_piece(&piece), *hits = strchr(times, '\n');
    int length = (int)strcspn(times, "\n");
    if (hits &&
        asprintf(&both, "%.*s; %.*s", length, times, (int)strcspn(hits + 1, "\n"), hits + 1) < 0)
        both = NULL;
    if (both && columns_of(both) > screen_columns())
        both[length] = '\0';
    screen_put(head_row(state), both ? both : "", false);
    free(both);
    free(piece.text);
}

static void write_part(FILE *out, const char *part)
{
    fprintf(out, ", %s", part);
}

/* What differs from the usual view. */
static void write_scope(const struct state *state, FILE *out)
{
    const struct view_options *options = &state->scope.wish.options;
    if (state->chosen_count > 0) {
        fputs(", under ", out);
        message_write_harmless(out, state->list[state->chosen_count - 1].name);
    }
    if (options->inverts)
        write_part(out, "leaves first");
    if (options->internals)
        write_part(out, "internals");
    if (options->sort != VIEW_BY_TIME)
        write_part(out, options->sort == VIEW_BY_HITS ? "by hits" : "in order");
    if (state->by_hits && state->scope.view->has_times)
        write_part(out, "share of hits");
}

static void draw_columns(const struct state *state)
{
    struct piece piece, scope;
    const struct folded_line line = {
        .view = state->scope.view, .shares_hits = state->by_hits, .columns = screen_columns()};
    if (!begin_piece(&scope, state))
        return;
    write_scope(state, scope.printer.out);
    const char *text = end_piece(&scope);
    if (begin_piece(&piece, state)) {
        folded_print_columns(&piece.printer, &line);
        if (*text)
            fprintf(piece.printer.out, "  %s", text + 2);
        screen_put(head_row(state) + 1, end_piece(&piece), false);
        free(piece.text);
    }
    free(scope.text);
}

/* ---- the tree ---- */

/* Deep trees are moved to the left, so that the selected line is seen: half of the screen is for
 * its names. */
static size_t levels_left_out(const struct state *state)
{
    if (state->lines.count == 0)
        return 0;
    size_t room = screen_columns() / 10;
    size_t level = state->lines.list[state->at].level;
    return level > room ? level - room : 0;
}

static void draw_line(const struct state *state, size_t row, size_t at, size_t left_out)
{
    const struct line *line = &state->lines.list[at];
    struct piece piece;
    bool *has_sequel = calloc(line->level + 1, sizeof *has_sequel);
    if (has_sequel && begin_piece(&piece, state)) {
        lines_find_sequels(&state->lines, at, has_sequel);
        const struct folded_line folded = {.view = state->scope.view,
            .group = line->group,
            .first = line->first,
            .last = line->last,
            .level = line->level,
            .has_sequel = has_sequel,
            .places = state->lines.places,
            .shares_hits = state->by_hits,
            .columns = screen_columns(),
            .levels_left_out = left_out};
        if (line->is_rest)
            folded_print_rest(&piece.printer, &folded);
        else
            folded_print_line(&piece.printer, &folded);
        screen_put(row, end_piece(&piece), at == state->at);
        free(piece.text);
    }
    free(has_sequel);
}

static void keep_on_screen(struct state *state, size_t rows)
{
    size_t count = state->lines.count;
    if (state->at < state->from)
        state->from = state->at;
    if (state->at >= state->from + rows)
        state->from = state->at - rows + 1;
    if (state->from + rows > count)
        state->from = count > rows ? count - rows : 0;
}

static void draw_tree(struct state *state, size_t rows)
{
    keep_on_screen(state, rows);
    size_t left_out = levels_left_out(state);
    for (size_t row = 0; row < rows; row++) {
        size_t at = state->from + row;
        if (at < state->lines.count)
            draw_line(state, tree_row(state) + row, at, left_out);
        else
            screen_put(tree_row(state) + row, "", false);
    }
}

/* ---- what the selected leaf has waited for ---- */

#define DETAIL_PART 3 /* it has one of so many lines of the tree */

/* Text in lines, each with a newline at its end. */
struct detail {
    char *text; /* malloc'ed; NULL: there is none */
    size_t lines, rows;
};

static size_t draw_count_lines(const char *text)
{
    size_t lines = 0;
    for (; (text = strchr(text, '\n')); text++)
        lines++;
    return lines;
}

static void print_object_of_leaf(
    const struct state *state, const struct printer *printer, const struct view_object *object)
{
    char *note = labels_note(state->run->labels, object->snapshot, object->calls, false);
    char *text = objects_whole_text(printer, object, note, screen_columns());
    fprintf(printer->out, "%s\n", text ? text : "");
    free(text);
    free(note);
}

/* Returns what the leaf of the selected line has waited for, as far as there are rows. */
static struct detail make_detail(const struct state *state)
{
    const struct view_node *leaf = state->lines.count ? lines_leaf(&state->lines.list[state->at])
                                                      : NULL;
    const struct view_object *objects = NULL;
    struct piece piece;
    size_t count = 0, most = draw_rows(state) / DETAIL_PART;
    if (leaf && state->run->labels)
        objects = view_objects_of(state->scope.view, leaf, &count);
    if (most < 2 || count == 0 || (count == 1 && objects->is_rest) || !begin_piece(&piece, state))
        return (struct detail){NULL, 0, 0};
    print_painted(&piece.printer, PAINT_HEADING, leaf->function);
    fputs(" has waited for:\n", piece.printer.out);
    for (size_t i = 0; i < count && i < most; i++)
        print_object_of_leaf(state, &piece.printer, &objects[i]);
    size_t lines = draw_count_lines(end_piece(&piece));
    return (struct detail){piece.text, lines, lines < most ? lines : most};
}

/* The last row says if there are more lines than rows. */
static void draw_detail(const struct state *state, const struct detail *detail)
{
    char *rest = detail->text;
    for (size_t i = 0; i < detail->rows; i++) {
        const char *line = strsep(&rest, "\n");
        bool is_cut = i + 1 == detail->rows && detail->lines > detail->rows;
        screen_put(
            screen_rows() - 1 - detail->rows + i, is_cut ? state->glyphs->dots : line, false);
    }
}

/* ---- the line at the bottom ---- */

static void draw_write_path(FILE *out, const char *path)
{
    char *directory = getcwd(NULL, 0), *shorter = short_path(path, directory);
    message_write_harmless(out, shorter ? shorter : path);
    free(shorter);
    free(directory);
}

/* Of a leaf, and of a function that has jumped on, it is the place from which it was called. */
static void draw_write_place(FILE *out, const struct view_node *node)
{
    while (node->kind == VIEW_LEAF && node->parent)
        node = node->parent;
    if (node->kind == VIEW_TOP)
        return;
    if (node->file && node->line) {
        draw_write_path(out, node->file);
        fprintf(out, ":%d", node->line);
        if (node->column)
            fprintf(out, ":%d", node->column);
    }
    if (node->module && !node->is_gone) {
        fputs(node->file && node->line ? "  " : "", out);
        message_write_harmless(out, node->module);
        fprintf(out, "+0x%" PRIx64, node->address);
    }
}

/* Returns malloc'ed text, or NULL. */
static char *left_text(const struct state *state)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        return NULL;
    if (state->status)
        message_write_harmless(out, state->status);
    else if (state->lines.count > 0 && !state->lines.list[state->at].is_rest)
        draw_write_place(out, state->lines.list[state->at].last);
    fclose(out);
    return text;
}

#define HINT "? keys"

/* Of a run that goes on, also how often it is looked at. */
static const char *hint_of(const struct state *state, char *text, size_t size)
{
    const struct watching *watching = state->watching;
    const struct printer printer = {.glyphs = state->glyphs};
    char every[40];
    if (watching == NULL)
        return HINT;
    format_duration(&printer, watching->every_ns, every, sizeof every);
    snprintf(text, size, "%s%s  " HINT,
        watching->has_ended   ? "ended"
        : watching->is_frozen ? "frozen"
                              : "every ",
        watching->has_ended || watching->is_frozen ? "" : every);
    return text;
}

static void draw_bottom(const struct state *state)
{
    char hint_text[60];
    const char *hint_shown = hint_of(state, hint_text, sizeof hint_text);
    size_t columns = screen_columns(), hint = strlen(hint_shown);
    size_t room = columns > hint + 2 ? columns - hint - 2 : columns;
    char *text = left_text(state);
    char *fitted = text ? names_fit(text, room, state->glyphs->dots) : NULL;
    struct piece piece;
    if (fitted && begin_piece(&piece, state)) {
        size_t used = character_columns(fitted);
        paint(&piece.printer, state->status ? PAINT_NOTE : PAINT_NONE);
        fputs(fitted, piece.printer.out);
        paint(&piece.printer, PAINT_NONE);
        fprintf(
            piece.printer.out, "%*s", (int)(columns > used + hint ? columns - used - hint : 1), "");
        print_painted(&piece.printer, PAINT_DIM, hint_shown);
        screen_put(screen_rows() - 1, end_piece(&piece), false);
        free(piece.text);
    }
    free(fitted);
    free(text);
}

/* Before the first period is over, there is no tree. */
static void draw_without_tree(const struct state *state)
{
    for (size_t row = head_row(state); row + 1 < screen_rows(); row++)
        screen_put(row, "", false);
    screen_put(head_row(state) + 1, "The first period goes on.", false);
}

static void draw_all(struct state *state)
{
    if (state->watching)
        pane_draw(&state->watching->pane, state->glyphs->dots);
    if (state->scope.view == NULL) {
        draw_without_tree(state);
        return;
    }
    struct detail detail = make_detail(state);
    draw_head(state);
    draw_columns(state);
    draw_tree(state, draw_rows(state) - detail.rows);
    draw_detail(state, &detail);
    free(detail.text);
}

#define LIVE_ROWS    8 /* of a screen that shows a run that goes on */
#define LIVE_COLUMNS 40

static void draw_too_small(void)
{
    for (size_t row = 1; row < screen_rows(); row++)
        screen_put(row, "", false);
    screen_put(0, "too small: 40 x 8 is needed", false);
    screen_update(false, 0, 0);
}

void draw(struct state *state)
{
    if (state->watching && (screen_rows() < LIVE_ROWS || screen_columns() < LIVE_COLUMNS)) {
        draw_too_small();
        return;
    }
    draw_all(state);
    draw_bottom(state);
    screen_update(false, tree_row(state) + state->at - state->from, 0);
}

/* Of a text that is too long, the end is shown. */
void draw_prompt(struct state *state, const char *before, const char *text)
{
    size_t room = screen_columns() > strlen(before) + 1 ? screen_columns() - strlen(before) - 1 : 1;
    struct piece piece;
    draw_all(state);
    while (character_columns(text) > room)
        text += character_at(text).length;
    if (begin_piece(&piece, state)) {
        fputs(before, piece.printer.out);
        message_write_harmless(piece.printer.out, text);
        screen_put(screen_rows() - 1, end_piece(&piece), false);
        free(piece.text);
    }
    screen_update(true, screen_rows() - 1, strlen(before) + character_columns(text));
}
