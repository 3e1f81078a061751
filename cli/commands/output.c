/*
 * output.c - the destination of a report.
 */
#include "commands/output.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/message.h"

/* A short report is one write, also on a terminal. There is one output in a run of the tool. */
static char buffer[64 << 10];

int output_open(FILE **out, const char *path, int stream, bool is_open, char **problem)
{
    int copy = path || !is_open ? -1 : fcntl(stream, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    *out = path ? fopen(path, "we") : copy >= 0 ? fdopen(copy, "w") : NULL;
    if (*out)
        setvbuf(*out, buffer, _IOFBF, sizeof buffer);
    if (*out || (path == NULL && !is_open))
        return 0;
    return message_problem(problem, -errno, "cannot write to '%s': %s",
        path ? path : "standard output", strerror(errno));
}
