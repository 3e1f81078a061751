/*
 * explain.c - says of each leaf how it is hooked, for --explain.
 */
#include "explain.h"

#include <stdbool.h>
#include <string.h>

#include "leaves.h"
#include "message.h"
#include "plans.h"

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* The widest of them, up to a bound. */
static int width_of(const struct plans *plans)
{
    const struct plan_file *file;
    size_t width = 4, limit = 24;
    for (size_t i = 0; (file = plans_file(plans, i)) != NULL; i++)
        for (size_t j = 0; j < file->count; j++)
            if (strlen(file->list[j].shown) > width)
                width = strlen(file->list[j].shown);
    return (int)(width < limit ? width : limit);
}

static void print_leaf_name(FILE *out, const char *name, int width)
{
    int length = (int)strlen(name);
    message_write_harmless(out, name);
    fprintf(out, "%*s  ", length < width ? width - length : 0, "");
}

static void print_function(
    FILE *out, const struct plan_file *file, const struct plan_function *function, int width)
{
    const char *base = base_name(file->path);
    print_leaf_name(out, function->shown, width);
    switch (plan_function_hook(file, function)) {
    case PLAN_AT_ENTRY: fputs("entry  ", out); break;
    case PLAN_BY_LINKER: fputs("plt    ", out); break;
    case PLAN_NOT_HOOKED: fputs("none   ", out); break;
    }
    message_write_harmless(out, base);
    putc(':', out);
    message_write_harmless(out, function->symbol);
    if (function->is_ifunc && function->why == NULL)
        fputs(" (an IFUNC: what it stands for is known when the program runs)", out);
    if (function->why) {
        fputs(function->is_refused ? " (cannot be hooked: " : " (cannot be hooked at its entry: ",
            out);
        message_write_harmless(out, function->why);
    }
    if (function->why && plan_function_hook(file, function) == PLAN_BY_LINKER) {
        fputs("; calls from within ", out);
        message_write_harmless(out, base);
        fputs(" are not seen", out);
    }
    if (function->why)
        putc(')', out);
    if (function->why_jump && !function->is_refused) {
        fputs(" (is entered by a jump, so its calls have no time: ", out);
        message_write_harmless(out, function->why_jump);
        putc(')', out);
    }
    putc('\n', out);
}

/* All of one leaf together: twins have its name. */
static void print_leaf(FILE *out, const struct plans *plans, size_t leaf, int width)
{
    const struct plan_file *file;
    for (size_t i = 0; (file = plans_file(plans, i)) != NULL; i++)
        for (size_t j = 0; j < file->count; j++)
            if (file->list[j].leaf == leaf)
                print_function(out, file, &file->list[j], width);
}

static bool is_found(const struct plans *plans, const struct leaves *leaves, const char *name)
{
    const struct plan_file *file;
    for (size_t i = 0; (file = plans_file(plans, i)) != NULL; i++)
        for (size_t j = 0; j < file->count; j++)
            if (strcmp(leaves->list[file->list[j].leaf].name, name) == 0)
                return true;
    return false;
}

/* Which of the table's functions there are depends on the C library: only what was asked for is
 * missed. */
void explain(FILE *out, const struct plans *plans, const struct leaves *leaves)
{
    int width = width_of(plans);
    fprintf(out, "%-*s  hook   function\n", width, "leaf");
    for (size_t i = 0; i < leaves->count; i++) {
        const struct leaf *leaf = &leaves->list[i];
        print_leaf(out, plans, i, width);
        if (!leaf->is_asked_for || is_found(plans, leaves, leaf->name))
            continue;
        print_leaf_name(out, leaf->name, width);
        fputs("none   not found in the program and the libraries that it starts with\n", out);
    }
}
