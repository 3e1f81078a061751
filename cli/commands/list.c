/*
 * list.c - prints the known leaves.
 */
#include "commands/list.h"

#include <string.h>

#include "hook_record.h"
#include "leaves/fibers.h"
#include "leaves/table.h"

struct list {
    FILE *out;
    size_t column;
};

#define INDENT 4
#define WIDTH  79

static void list_print_name(struct list *list, const char *name)
{
    size_t length = strlen(name);
    if (list->column + 1 + length > WIDTH) {
        fprintf(list->out, "\n%*s", INDENT, "");
        list->column = INDENT;
    } else {
        fputc(' ', list->out);
        list->column++;
    }
    fputs(name, list->out);
    list->column += length;
}

static void print_names(FILE *out, unsigned group)
{
    struct list list = {out, WIDTH};
    for (size_t i = 0; i < table_function_count; i++)
        if (table_functions[i].groups & group && table_functions[i].shown_as == NULL)
            list_print_name(&list, table_functions[i].name);
    fputc('\n', out);
}

static void print_fibers(FILE *out)
{
    struct list list = {out, WIDTH};
    fprintf(out, "\n@%-6s functions of libraries that switch stacks (--fibers)", FIBERS_GROUP);
    for (size_t i = 0; i < fiber_function_count; i++)
        if (!(fiber_functions[i].hook_flags & HOOK_NOT_A_LEAF))
            list_print_name(&list, fiber_functions[i].name);
    fputc('\n', out);
}

void command_list_leaves(FILE *out)
{
    for (const struct leaf_group *group = leaf_groups; group->name; group++) {
        fprintf(out, "%s@%-6s %s", group > leaf_groups ? "\n" : "", group->name, group->purpose);
        print_names(out, group->bit);
    }
    print_fibers(out);
}
