/*
 * chain.c - a row of functions that each have called the next one, as one line of a report.
 */
#include "report/chain.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/character.h"
#include "base/message.h"
#include "names/fit.h"
#include "report/printer.h"
#include "view/view.h"

/* One function of a chain. */
struct link {
    const struct view_node *node;
    char *text; /* malloc'ed */
    size_t columns;
    bool is_left_out;
};

struct chain {
    struct link *links;
    size_t count;
};

static void write_unnamed(FILE *out, const struct view_node *node)
{
    if (node->is_one_place) {
        message_write_harmless(out, node->module ? node->module : "");
        fprintf(out, "%s0x%" PRIx64, node->module ? "+" : "", node->address);
        return;
    }
    message_write_harmless(out, node->module ? node->module : "generated code");
    fprintf(out, " (%" PRIu32 " frame%s)", node->frames, node->frames == 1 ? "" : "s");
}

static void write_name(const struct printer *printer, FILE *out, const struct view_node *node)
{
    if (node->kind == VIEW_UNNAMED)
        write_unnamed(out, node);
    else
        message_write_harmless(out, node->shown_name ? node->shown_name : node->function);
    if (node->depth > 1)
        fprintf(out, " %s%" PRIu32 " deep", printer->glyphs->times, node->depth);
    if (node->is_gone)
        fputs(" (goes on by a jump)", out);
    if (node->is_interrupted)
        fputs(" (interrupted by a signal)", out);
    if (node->by_frame_pointer)
        fputs(" (caller guessed)", out);
}

static char *name_of(const struct printer *printer, const struct view_node *node)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        return NULL;
    write_name(printer, out, node);
    return fclose(out) == 0 ? text : NULL;
}

/* Fills in the links from the last one upwards. Returns false when out of memory. */
static bool read_chain(struct chain *chain, const struct printer *printer,
    const struct view_node *first, const struct view_node *last)
{
    chain->count = 1;
    for (const struct view_node *node = last; node != first; node = node->parent)
        chain->count++;
    chain->links = calloc(chain->count, sizeof *chain->links);
    if (chain->links == NULL)
        return false;
    const struct view_node *node = last;
    for (size_t i = chain->count; i-- > 0; node = node->parent) {
        char *text = name_of(printer, node);
        if (text == NULL)
            return false;
        chain->links[i] = (struct link){node, text, character_columns(text), false};
    }
    return true;
}

static void finish_chain(struct chain *chain)
{
    for (size_t i = 0; chain->links && i < chain->count; i++)
        free(chain->links[i].text);
    free(chain->links);
}

static bool has_gap_before(const struct chain *chain, size_t index)
{
    return chain->links[index].node->has_gap || (index > 0 && chain->links[index - 1].is_left_out);
}

#define ARROW_COLUMNS 3 /* " › " */
#define LEAST_NAME    5 /* columns: "ab…yz" */
#define CLEAR_NAME    9 /* with fewer for each, one name alone says more */

/* Returns the columns of the chain, if no name has more than `most`. */
static size_t count_chain_columns(
    const struct printer *printer, const struct chain *chain, size_t most)
{
    size_t columns = 0, dots = character_columns(printer->glyphs->dots);
    for (size_t i = 0; i < chain->count; i++) {
        size_t name = chain->links[i].columns;
        if (chain->links[i].is_left_out)
            continue;
        columns += (name < most ? name : most) + (columns > 0 ? ARROW_COLUMNS : 0);
        columns += has_gap_before(chain, i) ? dots + ARROW_COLUMNS : 0;
    }
    return columns + (chain->links[chain->count - 1].is_left_out ? ARROW_COLUMNS + dots : 0);
}

/* Returns which function stays where there is room for one: that which tells the line from those
 * beside it. The outermost function is the same in many. */
static size_t telling_end(const struct chain *chain)
{
    const struct view_node *parent = chain->links[0].node->parent;
    return parent && parent->kind != VIEW_TOP ? 0 : chain->count - 1;
}

static bool is_too_wide(const struct printer *printer, const struct chain *chain, size_t columns)
{
    return count_chain_columns(printer, chain, SIZE_MAX) > columns;
}

/* Leaves out frames between the first and the last function: those without names, then others from
 * the second one on. The last two stay if they can. */
static void fit_chain(const struct printer *printer, struct chain *chain, size_t columns)
{
    struct link *links = chain->links;
    for (size_t i = 1; i + 1 < chain->count && is_too_wide(printer, chain, columns); i++)
        links[i].is_left_out = links[i].node->kind == VIEW_UNNAMED;
    for (size_t i = 1; i + 1 < chain->count && is_too_wide(printer, chain, columns); i++)
        links[i].is_left_out = true;
    if (chain->count > 1 && count_chain_columns(printer, chain, CLEAR_NAME) > columns)
        links[chain->count - 1 - telling_end(chain)].is_left_out = true;
}

static struct link *find_widest(struct chain *chain)
{
    struct link *widest = &chain->links[telling_end(chain)]; /* which is never left out */
    for (size_t i = 0; i < chain->count; i++)
        if (!chain->links[i].is_left_out && chain->links[i].columns > widest->columns)
            widest = &chain->links[i];
    return widest;
}

/* Cuts the names that are left, the widest first. A single one can be cut further. */
static void cut_names(const struct printer *printer, struct chain *chain, size_t columns)
{
    bool is_single = chain->links[0].is_left_out || chain->links[chain->count - 1].is_left_out;
    size_t least = is_single || chain->count == 1 ? 1 : LEAST_NAME;
    for (;;) {
        struct link *widest = find_widest(chain);
        size_t now = count_chain_columns(printer, chain, SIZE_MAX);
        if (now <= columns || widest->columns <= least)
            return;
        size_t rest = widest->columns > now - columns ? widest->columns - (now - columns) : 0;
        size_t half = (widest->columns + least) / 2;
        size_t wanted = rest > half ? rest : half;
        char *text = names_fit(widest->text, wanted, printer->glyphs->dots);
        if (text == NULL)
            return;
        free(widest->text);
        widest->text = text;
        widest->columns = character_columns(text);
    }
}

static void print_arrow(const struct printer *printer)
{
    paint(printer, PAINT_DIM);
    fprintf(printer->out, " %s ", printer->glyphs->arrow);
    paint(printer, PAINT_NONE);
}

static void print_link(const struct printer *printer, const struct link *link)
{
    enum paint what = link->node->kind == VIEW_LEAF      ? PAINT_LEAF
                      : link->node->kind == VIEW_UNNAMED ? PAINT_DIM
                      : link->node->is_inlined           ? PAINT_NONE
                                                         : PAINT_FUNCTION;
    paint(printer, what);
    fputs(link->text, printer->out);
    paint(printer, PAINT_NONE);
}

static void print_links(const struct printer *printer, const struct chain *chain)
{
    bool is_first = true;
    for (size_t i = 0; i < chain->count; i++) {
        if (chain->links[i].is_left_out)
            continue;
        if (!is_first)
            print_arrow(printer);
        is_first = false;
        if (has_gap_before(chain, i)) {
            fputs(printer->glyphs->dots, printer->out);
            print_arrow(printer);
        }
        print_link(printer, &chain->links[i]);
    }
    if (chain->links[chain->count - 1].is_left_out) {
        print_arrow(printer);
        fputs(printer->glyphs->dots, printer->out);
    }
}

size_t chain_columns(
    const struct printer *printer, const struct view_node *first, const struct view_node *last)
{
    struct chain chain = {0};
    bool is_read = read_chain(&chain, printer, first, last);
    size_t columns = is_read ? count_chain_columns(printer, &chain, SIZE_MAX) : 0;
    finish_chain(&chain);
    return columns;
}

void chain_print(const struct printer *printer, const struct view_node *first,
    const struct view_node *last, size_t columns)
{
    struct chain chain = {0};
    if (read_chain(&chain, printer, first, last)) {
        fit_chain(printer, &chain, columns);
        cut_names(printer, &chain, columns);
        print_links(printer, &chain);
    } else {
        fputs("(out of memory)", printer->out);
    }
    finish_chain(&chain);
}
