/*
 * watch.c - `scoped-trace watch` and `report --since`: what a run does that goes on.
 *
 * On a terminal, the browser takes the place of the tool, and a child of it looks at the run. So
 * the shell waits for the browser, and the child ends when that is gone.
 */
#include "commands/watch/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/message.h"
#include "commands/browse.h"
#include "commands/exit_status.h"
#include "commands/output.h"
#include "commands/watch/look.h"
#include "commands/watch/plain.h"
#include "commands/watch/serve.h"
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

/* ---- on a terminal ---- */

/* Does not return in the browser, and in the child only when the browser is gone. */
static int start_browser(
    struct watch *watch, const struct options *options, char **argv, char **problem)
{
    int sockets[2];
    char number[16];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0)
        return message_problem(problem, -errno, "cannot watch the run: %s", strerror(errno));
    pid_t child = fork();
    if (child < 0)
        return message_problem(problem, -errno, "cannot watch the run: %s", strerror(errno));
    if (child == 0) {
        close(sockets[0]);
        watch_serve(watch, options, sockets[1]);
        _exit(0);
    }
    close(sockets[1]);
    fcntl(sockets[0], F_SETFD, 0);
    snprintf(number, sizeof number, "%d", sockets[0]);
    return browse_execute(number, argv, problem);
}

/* The first look tells whether there is anything to be watched, while the terminal is still the
 * shell's. */
static int show_on_terminal(const struct options *options, char **argv)
{
    struct watch watch = {.count = 0};
    struct record period;
    char *problem = NULL;
    int error = watch_open(&watch, options->which, &problem);
    if (error == 0) {
        error = watch_look(&watch, &period);
        watch_forget(&period);
    }
    if (error == -ESRCH && problem == NULL)
        message_problem(&problem, error, WATCH_ENDED, watch.live.session.place);
    if (error == 0)
        error = start_browser(&watch, options, argv, &problem);
    if (error == 0 || problem)
        message_fail(error, problem);
    watch_close(&watch);
    return EXIT_TOOL_FAILED;
}

int command_watch(const struct options *options, char **argv, bool has_stdout)
{
    bool is_terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    if (is_terminal && options->count == 0 && options->output == NULL)
        return show_on_terminal(options, argv);
    uint64_t count = options->count ? options->count : UINT64_MAX;
    return print_plain(options, options->every_ns, count, has_stdout);
}

int command_since(const struct options *options, bool has_stdout)
{
    return print_plain(options, options->since_ns, 1, has_stdout);
}
