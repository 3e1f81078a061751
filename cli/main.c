/*
 * main.c - scoped-trace: runs a program and prints by which call paths it waited.
 *
 * options/options parses the command line; run, report, now, watch and list in commands/ do what it
 * asks for.
 *
 * Exit status: the program's own, or 125 (the tool failed), 126 (the program cannot be run or
 * traced), 127 (it was not found), the same as env(1).
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "base/message.h"
#include "commands/exit_status.h"
#include "commands/list.h"
#include "commands/now/now.h"
#include "options/options.h"
#include "commands/report.h"
#include "commands/run.h"
#include "commands/watch/watch.h"

/* A closed stream stays closed for the program, but no other file of the tool may get its number.
 * Returns whether it was open. */
static bool hold_stream(int stream)
{
    if (fcntl(stream, F_GETFD) >= 0)
        return true;
    open("/dev/null", O_RDWR | O_CLOEXEC); /* gets the lowest number that is free (open(2)) */
    return false;
}

int main(int argc, char **argv)
{
    struct options options;
    char *problem = NULL;
    int status = 0;
    hold_stream(STDIN_FILENO);
    bool has_stdout = hold_stream(STDOUT_FILENO), has_stderr = hold_stream(STDERR_FILENO);
    if (options_parse(&options, argc, argv, &problem) != 0)
        return message_fail(EXIT_TOOL_FAILED, problem);
    switch (options.action) {
    case ACTION_HELP: fputs(options_help, stdout); break;
    case ACTION_VERSION: puts("scoped-trace " VERSION); break;
    case ACTION_LIST_LEAVES: command_list_leaves(stdout); break;
    case ACTION_REPORT:
        status = options.since_ns ? command_since(&options, has_stdout)
                                  : command_report(&options, argv, has_stdout);
        break;
    case ACTION_WATCH: status = command_watch(&options, argv, has_stdout); break;
    case ACTION_NOW: status = command_now(&options, has_stdout); break;
    case ACTION_RUN: status = command_run(&options, argc, argv, has_stderr); break;
    }
    options_finish(&options);
    return status;
}
