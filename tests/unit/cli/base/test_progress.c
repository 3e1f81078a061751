/*
 * test_progress.c - what a terminal gets of long work.
 */
// needs: cli
#include "base/progress.h"
#include "suite.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/message.h"

static int master, saved;
static char got[10000];
static size_t size;

/* This process gets a terminal of its own as stderr. */
static void begin_at(const char *type, unsigned short columns)
{
    struct winsize window = {.ws_row = 24, .ws_col = columns};
    master = posix_openpt(O_RDWR | O_NOCTTY);
    ck_assert(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
    ioctl(master, TIOCSWINSZ, &window);
    signal(SIGHUP, SIG_IGN);
    signal(SIGTTOU, SIG_IGN);
    setsid();
    int slave = open(ptsname(master), O_RDWR); /* the terminal of the session */
    saved = dup(STDERR_FILENO);
    ck_assert_int_ge(dup2(slave, STDERR_FILENO), 0);
    close(slave);
    setenv("TERM", type, 1);
    size = 0;
    got[0] = '\0';
}

/* Tests run in a process each, which may lead no session: so in a child. */
static void in_child(void (*test)(void))
{
    pid_t pid = fork();
    if (pid == 0) {
        alarm(15); /* the test's time limit does not end a session of its own */
        test();
        dup2(saved, STDERR_FILENO);
        _exit(0);
    }
    int status;
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(status, 0);
}

/* Reads until it has come; the test's time limit ends it otherwise. */
static void await(const char *text)
{
    while (strstr(got, text) == NULL && size < sizeof got - 1) {
        ssize_t more = read(master, got + size, sizeof got - 1 - size);
        if (more <= 0)
            _exit(1);
        got[size += (size_t)more] = '\0';
    }
}

static void await_nothing_more(void)
{
    struct pollfd polled = {master, POLLIN, 0};
    if (poll(&polled, 1, 1500) != 0)
        _exit(2);
}

static void show_and_take_away(void)
{
    begin_at("xterm", 80);
    progress_begin();
    progress_say("counting", 200);
    progress_advance(50);
    await("\r\033[Kscoped-trace: counting: 25 %");
    progress_advance(50);
    await("\r\033[Kscoped-trace: counting: 50 %");
    progress_say("resting", 0);
    await("\r\033[Kscoped-trace: resting");
    progress_end();
    progress_end();
    await("resting\r\033[K");
    await_nothing_more();
}

START_TEST(long_work_has_a_line_that_goes_away)
{
    in_child(show_and_take_away);
}
END_TEST

static void say_something(void)
{
    begin_at("xterm", 80);
    progress_begin();
    progress_say("counting", 0);
    await("counting");
    message(0, "a message");
    await("counting\r\033[Kscoped-trace: a message\r\n\r\033[Kscoped-trace: counting");
    progress_end();
}

START_TEST(a_message_comes_in_its_place)
{
    in_child(say_something);
}
END_TEST

static void fit(void)
{
    begin_at("xterm", 20);
    progress_begin();
    progress_say("counting", 0);
    await("\r\033[Kscoped-trace: count");
    progress_end();
    await("\r\033[Kscoped-trace: count\r\033[K");
}

START_TEST(it_fits_the_terminal)
{
    in_child(fit);
}
END_TEST

static void show_nothing(void)
{
    progress_begin();
    progress_say("counting", 0);
    await_nothing_more();
    progress_end();
}

static void show_at_a_dumb_one(void)
{
    begin_at("dumb", 80);
    show_nothing();
}

static void show_in_the_background(void)
{
    begin_at("xterm", 80);
    setpgid(0, 0);
    pid_t other = fork();
    if (other == 0) {
        setpgid(0, 0);
        alarm(10);
        pause();
        _exit(0);
    }
    setpgid(other, other);
    if (tcsetpgrp(STDERR_FILENO, other) != 0)
        _exit(3);
    show_nothing();
    kill(other, SIGKILL);
}

static void show_in_a_pipe(void)
{
    int ends[2];
    begin_at("xterm", 80);
    ck_assert_int_eq(pipe(ends), 0);
    dup2(ends[1], STDERR_FILENO);
    master = ends[0];
    show_nothing();
}

static void show_short_work(void)
{
    begin_at("xterm", 80);
    progress_begin();
    progress_say("counting", 0);
    progress_end();
    await_nothing_more();
}

START_TEST(where_nobody_looks_there_is_none)
{
    in_child(show_at_a_dumb_one);
    in_child(show_in_the_background);
    in_child(show_in_a_pipe);
    in_child(show_short_work);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("progress");
    TCase *tests = tcase_create("progress");
    tcase_set_timeout(tests, 20);
    tcase_add_test(tests, long_work_has_a_line_that_goes_away);
    tcase_add_test(tests, a_message_comes_in_its_place);
    tcase_add_test(tests, it_fits_the_terminal);
    tcase_add_test(tests, where_nobody_looks_there_is_none);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
