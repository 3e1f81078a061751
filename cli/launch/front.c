/*
 * front.c - a second process, for which the user's shell waits, so that the tool can go on when the
 * shell has its terminal back.
 */
#include "launch/front.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "launch/attend.h"
#include "launch/launch.h"
#include "launch/signals.h"

/* What the front attends to. */
struct front_work {
    struct attend tool;
    int channel;
};

/* The channel is also readable when the tool has ended. */
static bool hear(void *argument)
{
    const struct front_work *work = argument;
    char byte;
    return recv(work->channel, &byte, 1, 0) != 1;
}

static int reap_tool(pid_t tool)
{
    int status = 0;
    while (waitpid(tool, &status, 0) < 0 && errno == EINTR)
        continue;
    return status;
}

_Noreturn static void be_front(struct front_work *work, const struct front *front,
    int (*leave)(const struct front *front, void *argument), void *argument)
{
    work->channel = work->tool.descriptor = front->channel;
    work->tool.on_readable = hear;
    work->tool.readable_argument = work;
    if (attend(&work->tool))
        launch_leave_as(reap_tool(work->tool.pid));
    signals_release();
    exit(leave(front, argument));
}

int front_make(
    struct front *front, int (*leave)(const struct front *front, void *argument), void *argument)
{
    struct front_work work = {.channel = -1};
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return -errno;
    attend_take_early(&work.tool);
    pid_t tool = work.tool.pid = fork();
    int error = tool < 0 ? -errno : 0;
    close(ends[tool ? 1 : 0]);
    *front = (struct front){ends[tool ? 0 : 1]};
    if (tool > 0)
        be_front(&work, front, leave, argument);
    if (error != 0)
        close(front->channel);
    return error;
}

void front_leave(const struct front *front)
{
    send(front->channel, "", 1, MSG_NOSIGNAL);
}

void front_hand(const struct front *front, const void *bytes, size_t size)
{
    send(front->channel, bytes, size, MSG_NOSIGNAL);
}

size_t front_take(struct front *front, void *bytes, size_t size)
{
    ssize_t taken;
    do
        taken = recv(front->channel, bytes, size, 0);
    while (taken < 0 && errno == EINTR);
    close(front->channel);
    return taken > 0 ? (size_t)taken : 0;
}
