/*
 * guard.c - says where a trace stays when a signal ends the tool while there is one to be printed.
 */
#include "guard.h"

#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const int ending[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};

/* What is said, put together beforehand. */
static char line[PATH_MAX + 100];
static size_t length;

/* A pipe that can be written to takes PIPE_BUF bytes (pipe(7)); one that is full because its reader
 * is stuck must not keep the tool from ending. */
static void say_and_end(int signal)
{
    struct pollfd polled = {STDERR_FILENO, POLLOUT, 0};
    if (poll(&polled, 1, 0) == 1 && polled.revents == POLLOUT &&
        write(STDERR_FILENO, line, length) < 0)
        length = 0;
    raise(signal); /* which has its default action again, and comes when this returns */
}

void guard_set(const char *place)
{
    struct sigaction action = {.sa_handler = say_and_end, .sa_flags = (int)SA_RESETHAND}, before;
    int size = snprintf(line, sizeof line,
        "scoped-trace: the trace stays in '%s'; to print it: scoped-trace report %s\n", place,
        place);
    length = size < (int)sizeof line ? (size_t)size : 0;
    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++) {
        sigaction(ending[i], NULL, &before);
        if (before.sa_handler != SIG_IGN)
            sigaction(ending[i], &action, NULL);
    }
}

void guard_clear(void)
{
    struct sigaction plain = {.sa_handler = SIG_DFL}, before;
    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++) {
        sigaction(ending[i], NULL, &before);
        if (before.sa_handler == say_and_end)
            sigaction(ending[i], &plain, NULL);
    }
}
