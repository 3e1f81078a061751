/*
 * list.c - prints the known leaves, and the runs that have left a session.
 */
#include "commands/list.h"

#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "commands/options.h"
#include "leaves/table.h"
#include "session/notes.h"
#include "session/processes.h"
#include "session/session.h"

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

/* ---- runs ---- */

static void print_command(FILE *out, const struct notes *notes)
{
    struct options options;
    char *problem = NULL;
    if (options_parse(&options, (int)notes->argument_count, notes->arguments, &problem) != 0) {
        free(problem);
        return;
    }
    for (char **word = options.program; *word; word++) {
        putc(' ', out);
        message_write_harmless(out, *word);
    }
    options_finish(&options);
}

static void print_one(void *argument, const struct session *session)
{
    FILE *out = argument;
    struct notes notes;
    struct processes running = {0};
    if (notes_read(&notes, session->directory) != 0)
        return;
    processes_list(&running, session);
    message_write_harmless(out, session->place);
    fputs(processes_is_any(&running) ? "  running " : "  ended   ", out);
    print_command(out, &notes);
    putc('\n', out);
    processes_finish(&running);
    notes_finish(&notes);
}

void command_list_runs(FILE *out)
{
    session_each(print_one, out);
}
