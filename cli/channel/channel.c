/*
 * channel.c - between the tool, which looks at a run, and the browser, which shows it.
 */
#include "channel/channel.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DESCRIPTORS 2

/* Room for descriptors: cmsg(3). */
union control {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(DESCRIPTORS * sizeof(int))];
};

static int error_of(ssize_t moved, size_t size)
{
    if (moved < 0)
        return errno == ECONNRESET ? -EPIPE : -errno;
    return (size_t)moved == size ? 0 : -EPIPE;
}

int channel_ask(int socket, const struct channel_request *request)
{
    return error_of(send(socket, request, sizeof *request, MSG_NOSIGNAL), sizeof *request);
}

int channel_take_request(int socket, struct channel_request *request)
{
    ssize_t got;
    do
        got = recv(socket, request, sizeof *request, 0);
    while (got < 0 && errno == EINTR);
    return error_of(got, sizeof *request);
}

/* Descriptors that are not there have no place in the message: what is there tells the answer. */
static void put_descriptors(
    struct msghdr *message, union control *control, const struct channel_answer *answer)
{
    int list[DESCRIPTORS];
    size_t count = 0;
    if (answer->period_fd >= 0)
        list[count++] = answer->period_fd;
    if (answer->now_fd >= 0)
        list[count++] = answer->now_fd;
    if (count == 0)
        return;
    memset(control, 0, sizeof *control);
    message->msg_control = control;
    message->msg_controllen = CMSG_SPACE(count * sizeof(int));
    struct cmsghdr *header = CMSG_FIRSTHDR(message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(count * sizeof(int));
    memcpy(CMSG_DATA(header), list, count * sizeof(int));
}

int channel_answer(int socket, const struct channel_answer *answer)
{
    struct channel_answer copy = *answer;
    struct iovec part = {&copy, sizeof copy};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    union control control;
    put_descriptors(&message, &control, answer);
    return error_of(sendmsg(socket, &message, MSG_NOSIGNAL), sizeof copy);
}

static void take_descriptors(struct msghdr *message, struct channel_answer *answer)
{
    const struct cmsghdr *header = CMSG_FIRSTHDR(message);
    bool has_any = header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS;
    size_t count = has_any ? (header->cmsg_len - CMSG_LEN(0)) / sizeof(int) : 0, at = 0;
    int list[DESCRIPTORS] = {-1, -1};
    if (count > 0)
        memcpy(list, CMSG_DATA(header), count * sizeof(int));
    answer->period_fd = answer->period_fd >= 0 && at < count ? list[at++] : -1;
    answer->now_fd = answer->now_fd >= 0 && at < count ? list[at] : -1;
}

int channel_take_answer(int socket, struct channel_answer *answer)
{
    struct iovec part = {answer, sizeof *answer};
    union control control;
    struct msghdr message = {.msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof control};
    int error = error_of(recvmsg(socket, &message, MSG_CMSG_CLOEXEC), sizeof *answer);
    if (error == 0)
        take_descriptors(&message, answer);
    return error;
}
