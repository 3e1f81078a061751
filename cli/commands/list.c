/*
 * list.c - prints the known leaves.
 */
#include "commands/list.h"

#include <string.h>

#include "leaves/table.h"

static void print_names(FILE *out, unsigned group)
{
    const size_t indent = 4, width = 79;
    size_t column = width;
    for (size_t i = 0; i < table_function_count; i++) {
        if (!(table_functions[i].groups & group) || table_functions[i].shown_as != NULL)
            continue;
        size_t length = strlen(table_functions[i].name);
        if (column + 1 + length > width) {
            fprintf(out, "\n%*s", (int)indent, "");
            column = indent;
        } else {
            fputc(' ', out);
            column++;
        }
        fputs(table_functions[i].name, out);
        column += length;
    }
    fputc('\n', out);
}

void command_list_leaves(FILE *out)
{
    for (const struct leaf_group *group = leaf_groups; group->name; group++) {
        fprintf(out, "%s@%-6s %s", group > leaf_groups ? "\n" : "", group->name, group->purpose);
        print_names(out, group->bit);
    }
}
