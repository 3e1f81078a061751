/*
 * test_channel.c - requests and answers between the tool and the browser.
 */
// needs: cli
#include "channel/channel.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "suite.h"

static int sockets[2];

static void begin(void)
{
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sockets), 0);
}

static void finish(void)
{
    close(sockets[0]);
    close(sockets[1]);
}

/* Returns a file with this text, or -1 for NULL. */
static int file_with(const char *text)
{
    int fd = text ? memfd_create("text", 0) : -1;
    if (text)
        ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    return fd;
}

static void assert_text(int fd, const char *text)
{
    char got[20] = "";
    if (text == NULL) {
        ck_assert_int_eq(fd, -1);
        return;
    }
    ck_assert_int_ge(fd, 0);
    ck_assert_int_gt(pread(fd, got, sizeof got - 1, 0), 0);
    ck_assert_str_eq(got, text);
    close(fd);
}

static void exchange(const char *period, const char *now)
{
    struct channel_answer answer = {.has_ended = period == NULL,
        .problem = "why",
        .period_fd = file_with(period),
        .now_fd = file_with(now)};
    struct channel_answer got;
    ck_assert_int_eq(channel_answer(sockets[1], &answer), 0);
    ck_assert_int_eq(channel_take_answer(sockets[0], &got), 0);
    ck_assert(got.has_ended == (period == NULL));
    ck_assert_str_eq(got.problem, "why");
    assert_text(got.period_fd, period);
    assert_text(got.now_fd, now);
    if (answer.period_fd >= 0)
        close(answer.period_fd);
    if (answer.now_fd >= 0)
        close(answer.now_fd);
}

START_TEST(answers_have_the_files_that_are_there)
{
    exchange("period", "now");
    exchange("period", NULL);
    exchange(NULL, "now");
    exchange(NULL, NULL);
}
END_TEST

START_TEST(requests_arrive_as_they_were)
{
    const struct channel_request request = {.columns = 80, .waits = 3, .has_colors = true};
    struct channel_request got;
    ck_assert_int_eq(channel_ask(sockets[0], &request), 0);
    ck_assert_int_eq(channel_take_request(sockets[1], &got), 0);
    ck_assert(got.columns == 80 && got.waits == 3 && got.has_colors);
}
END_TEST

START_TEST(the_end_of_the_other_side_is_told)
{
    struct channel_request request = {.columns = 80};
    struct channel_answer answer;
    close(sockets[1]);
    ck_assert_int_eq(channel_take_answer(sockets[0], &answer), -EPIPE);
    ck_assert_int_eq(channel_take_request(sockets[0], &request), -EPIPE);
    ck_assert_int_eq(channel_ask(sockets[0], &request), -EPIPE);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("channel");
    TCase *tests = tcase_create("channel");
    tcase_add_checked_fixture(tests, begin, finish);
    tcase_add_test(tests, answers_have_the_files_that_are_there);
    tcase_add_test(tests, requests_arrive_as_they_were);
    tcase_add_test(tests, the_end_of_the_other_side_is_told);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
