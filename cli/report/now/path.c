/*
 * path.c - the path to an open call.
 */
#include "report/now/path.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/message.h"
#include "names/short_path.h"
#include "report/chain.h"
#include "report/printer.h"
#include "view/view.h"

static const struct view_node *outermost(const struct view_node *leaf)
{
    const struct view_node *node = leaf;
    while (node->parent->kind != VIEW_TOP)
        node = node->parent;
    return node;
}

void now_path_print(const struct printer *printer, const struct view_node *leaf, size_t columns)
{
    chain_print(printer, outermost(leaf), leaf, columns);
}

static void path_write_source(FILE *out, const struct view_node *node, const char *directory)
{
    char *path = short_path(node->file, directory);
    message_write_harmless(out, path ? path : node->file);
    fprintf(out, ":%d", node->line);
    free(path);
}

static void path_print_place(
    const struct printer *printer, const struct view_node *node, const char *directory)
{
    if (node->kind != VIEW_FRAME || node->is_phase || (node->file == NULL && node->is_gone))
        return;
    paint(printer, PAINT_DIM);
    fputs(node->is_gone ? ", called at " : " at ", printer->out);
    if (node->file && node->line)
        path_write_source(printer->out, node, directory);
    else
        fprintf(printer->out, "%s%s0x%" PRIx64, node->module ? node->module : "",
            node->module ? "+" : "", node->address);
    paint(printer, PAINT_NONE);
}

void now_path_print_places(const struct printer *printer, const struct view_node *leaf,
    size_t indent, const char *directory)
{
    const struct view_node *node = outermost(leaf), *inner;
    for (;; node = inner) {
        fprintf(printer->out, "%*s", (int)indent, "");
        chain_print(printer, node, node, SIZE_MAX);
        path_print_place(printer, node, directory);
        putc('\n', printer->out);
        if (node == leaf)
            return;
        for (inner = leaf; inner->parent != node;)
            inner = inner->parent;
    }
}
