/*
 * watch.c - `scoped-trace watch` and `report --since`: what a run does that goes on.
 */
#include "commands/watch/watch.h"

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "base/message.h"
#include "commands/exit_status.h"
#include "commands/output.h"
#include "commands/watch/plain.h"
#include "options/options.h"

static int print_plain(
    const struct options *options, uint64_t every_ns, uint64_t count, bool has_stdout)
{
    FILE *out;
    char *problem = NULL;
    if (output_open(&out, options->output, STDOUT_FILENO, has_stdout, &problem) != 0)
        return message_fail(EXIT_TOOL_FAILED, problem);
    if (out == NULL)
        return EXIT_TOOL_FAILED;
    signal(SIGXFSZ, SIG_IGN); /* a file that is too large is an error like others */
    int error = watch_print(options, every_ns, count, out);
    fclose(out);
    return error ? EXIT_TOOL_FAILED : 0;
}

int command_watch(const struct options *options, char **argv, bool has_stdout)
{
    uint64_t count = options->count ? options->count : UINT64_MAX;
    (void)argv;
    return print_plain(options, options->every_ns, count, has_stdout);
}

int command_since(const struct options *options, bool has_stdout)
{
    return print_plain(options, options->since_ns, 1, has_stdout);
}
