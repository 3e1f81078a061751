/*
 * explain.c - prints how each leaf is hooked, for --explain.
 */
#include "commands/explain.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/message.h"
#include "base/path.h"
#include "leaves/hints.h"
#include "leaves/leaves.h"
#include "names/demangle.h"
#include "plan/plans.h"

/* Returns the width of the widest shown name, up to a limit. */
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

/* Names of functions, each once. */
struct names {
    struct name {
        uint64_t address;
        char *text;
    } * list;
    size_t count, capacity;
};

static void take_name(uint64_t address, const char *text, void *context)
{
    struct names *names = context;
    for (size_t i = 0; i < names->count; i++)
        if (names->list[i].address == address && strcmp(names->list[i].text, text) == 0)
            return;
    if (array_reserve(&names->list, names->count, 1, &names->capacity, sizeof *names->list) != 0)
        return;
    char *copy = strdup(text);
    if (copy)
        names->list[names->count++] = (struct name){address, copy};
}

static void names_finish(struct names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->list[i].text);
    free(names->list);
}

/* Prints the other functions at the same address that the leaf names: the linker has folded them
 * into one, or they are aliases. */
static void print_other_names(
    FILE *out, const struct plan_function *function, const struct names *symbols)
{
    for (size_t i = 0; i < symbols->count; i++) {
        const struct name *name = &symbols->list[i];
        size_t length = strlen(name->text);
        bool is_internal = strncmp(name->text, "__GI_", 5) == 0; /* for glibc's internal use */
        if (name->address != function->address || is_internal ||
            (strncmp(name->text, function->symbol, length) == 0 &&
                (function->symbol[length] == '\0' || function->symbol[length] == '.')))
            continue;
        fputs(", ", out);
        message_write_harmless(out, name->text);
    }
}

static const char *word_of(enum plan_hook hook)
{
    switch (hook) {
    case PLAN_AT_ENTRY: return "entry";
    case PLAN_BY_LINKER: return "plt";
    case PLAN_NOT_HOOKED: break;
    }
    return "none";
}

static void explain_print_place(FILE *out, const struct plan_file *file, const char *symbol)
{
    message_write_harmless(out, path_base_name(file->path));
    putc(':', out);
    message_write_harmless(out, symbol);
}

static const struct plan_function *find_at(const struct plan_file *file, uint64_t address)
{
    for (size_t i = 0; i < file->count; i++)
        if (file->list[i].address == address)
            return &file->list[i];
    return NULL;
}

static void print_function(FILE *out, const struct plan_file *file,
    const struct plan_function *function, const struct names *symbols, int width)
{
    enum plan_hook hook = plan_function_hook(file, function);
    print_leaf_name(out, function->shown, width);
    fprintf(out, "%-5s  ", word_of(hook));
    explain_print_place(out, file, function->symbol);
    print_other_names(out, function, symbols);
    if (function->is_ifunc && function->why == NULL)
        fputs(" (an IFUNC: its function is chosen when the program runs)", out);
    if (function->why) {
        fputs(function->is_refused ? " (cannot be hooked: " : " (cannot be hooked at its entry: ",
            out);
        message_write_harmless(out, function->why);
    }
    if (function->why && hook == PLAN_BY_LINKER) {
        fputs("; calls from within ", out);
        message_write_harmless(out, path_base_name(file->path));
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

static bool explain_has_symbol(const struct names *symbols, const char *name)
{
    for (size_t i = 0; i < symbols->count; i++)
        if (strcmp(symbols->list[i].text, name) == 0)
            return true;
    return false;
}

static void print_inlined(FILE *out, const struct plan_file *file, const struct leaf *leaf,
    const struct names *symbols, int width)
{
    struct names inlined = {0};
    functions_each_inlined(file->path, leaf->spec, take_name, &inlined);
    for (size_t i = 0; i < inlined.count; i++) {
        const char *name = inlined.list[i].text;
        if (explain_has_symbol(symbols, name))
            continue;
        char *plain = demangle_function(name);
        print_leaf_name(out, plain ? plain : name, width);
        fputs("none   ", out);
        explain_print_place(out, file, name);
        fputs(" (cannot be hooked: it exists only inlined into its callers)\n", out);
        free(plain);
    }
    names_finish(&inlined);
}

/* Prints all functions of one leaf together; twins have its name. */
static void explain_print_leaf(
    FILE *out, const struct plans *plans, const struct leaf *leaf, size_t index, int width)
{
    const struct plan_file *file;
    for (size_t i = 0; (file = plans_file(plans, i)) != NULL; i++) {
        struct names symbols = {0};
        if (leaf->spec)
            functions_each_symbol(file->path, leaf->spec, take_name, &symbols);
        for (size_t j = 0; j < file->count; j++)
            if (file->list[j].leaf == index)
                print_function(out, file, &file->list[j], &symbols, width);
        if (leaf->spec)
            print_inlined(out, file, leaf, &symbols, width);
        names_finish(&symbols);
    }
}

static bool is_found(const struct plans *plans, const struct leaves *leaves, const char *name)
{
    const struct plan_file *file;
    for (size_t i = 0; (file = plans_file(plans, i)) != NULL; i++)
        for (size_t j = 0; j < file->count; j++)
            if (strcmp(leaves->list[file->list[j].leaf].shown, name) == 0)
                return true;
    return false;
}

/* Prints a leaf without functions of its own, because another selected leaf has the same code. */
static bool print_shared(FILE *out, const struct plans *plans, const struct leaf *leaf, int width)
{
    const struct plan_file *file;
    bool is_any = false;
    for (size_t i = 0; leaf->spec && (file = plans_file(plans, i)) != NULL; i++) {
        struct names symbols = {0};
        functions_each_symbol(file->path, leaf->spec, take_name, &symbols);
        for (size_t j = 0; j < symbols.count; j++) {
            const struct plan_function *function = find_at(file, symbols.list[j].address);
            if (function == NULL)
                continue;
            print_leaf_name(out, leaf->shown, width);
            fprintf(out, "%-5s  ", word_of(plan_function_hook(file, function)));
            explain_print_place(out, file, symbols.list[j].text);
            fputs(" (the same code as ", out);
            message_write_harmless(out, function->symbol);
            fputs(", under whose name its calls are counted)\n", out);
            is_any = true;
        }
        names_finish(&symbols);
    }
    return is_any;
}

/* It depends on the C library which functions of the table exist, so only leaves that the user
 * named are reported as missing. */
void explain(FILE *out, const struct plans *plans, const struct leaves *leaves)
{
    int width = width_of(plans);
    fprintf(out, "%-*s  hook   function\n", width, "leaf");
    for (size_t i = 0; i < leaves->count; i++) {
        const struct leaf *leaf = &leaves->list[i];
        explain_print_leaf(out, plans, leaf, i, width);
        if (!leaf->is_asked_for || is_found(plans, leaves, leaf->shown) ||
            print_shared(out, plans, leaf, width))
            continue;
        print_leaf_name(out, leaf->shown, width);
        fputs("none   not found in the program and the libraries that it starts with\n", out);
    }
}
