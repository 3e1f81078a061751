/*
 * editor.c - shows a line of a source in the user's editor.
 *
 * vi, emacs, nano and most others take "+LINE FILE"; code takes "-g FILE:LINE:COLUMN".
 */
#include "terminal/editor.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/message.h"

static const char *editor_command(void)
{
    const char *command = getenv("EDITOR");
    return command && *command ? command : "vi";
}

/* Returns whether the base name of the command's first word is this one. */
static bool is_editor(const char *command, const char *name)
{
    size_t length = strcspn(command, " \t");
    const char *base = command + length;
    while (base > command && base[-1] != '/')
        base--;
    size_t base_length = (size_t)(command + length - base);
    return base_length == strlen(name) && strncmp(base, name, base_length) == 0;
}

static bool takes_place(const char *command)
{
    return is_editor(command, "code") || is_editor(command, "codium");
}

/* The words follow the editor's own ones. No file is taken for an option. */
static void execute(const char *command, const char *file, int line, int column)
{
    char *script = NULL, *place = NULL, *path = NULL;
    bool is_place = takes_place(command);
    if (asprintf(&script, "%s \"$@\"", command) < 0 ||
        asprintf(&path, "%s%s", file[0] == '/' ? "" : "./", file) < 0)
        return;
    int length = is_place ? asprintf(&place, "%s:%d:%d", path, line, column > 0 ? column : 1)
                          : asprintf(&place, "+%d", line);
    if (length < 0)
        return;
    if (is_place)
        execl("/bin/sh", "sh", "-c", script, "sh", "-g", place, (char *)NULL);
    else
        execl("/bin/sh", "sh", "-c", script, "sh", place, path, (char *)NULL);
}

/* As system(3): the keys of the terminal are the editor's. */
static int run_and_wait(const char *file, int line, int column)
{
    int status = 0;
    struct sigaction ignore = {.sa_handler = SIG_IGN}, interrupt, quit;
    sigaction(SIGINT, &ignore, &interrupt);
    sigaction(SIGQUIT, &ignore, &quit);
    pid_t child = fork();
    if (child == 0) {
        signal(SIGINT, SIG_DFL);
        signal(SIGQUIT, SIG_DFL);
        execute(editor_command(), file, line, column);
        _exit(127);
    }
    int error = child < 0 ? -errno : 0;
    while (error == 0 && waitpid(child, &status, 0) < 0)
        error = errno == EINTR ? 0 : -errno;
    sigaction(SIGINT, &interrupt, NULL);
    sigaction(SIGQUIT, &quit, NULL);
    return error ? error : status;
}

int editor_check(const char *file, char **problem)
{
    if (access(file, R_OK) == 0)
        return 0;
    return message_problem(problem, -errno, "cannot open '%s': %s", file, strerror(errno));
}

int editor_run(const char *file, int line, int column, char **problem)
{
    int status = run_and_wait(file, line, column);
    if (status < 0)
        return message_problem(
            problem, status, "cannot run '%s': %s", editor_command(), strerror(-status));
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
        return message_problem(
            problem, -ENOENT, "cannot run '%s': $EDITOR names another editor", editor_command());
    return 0;
}
