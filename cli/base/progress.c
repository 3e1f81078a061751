/*
 * progress.c - a line on the terminal that says what is being done, if that takes more than a
 * second.
 *
 * A thread looks at the clock, because nothing is known of how long a single step takes: one may
 * read the debugging information of a large program.
 */
#include "base/progress.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/nanoseconds.h"
#include "base/stack.h"

#define FIRST_NS UINT64_C(1000000000) /* nothing is shown of work that takes less */
#define PAUSE_NS UINT64_C(200000000)

#define ERASE "\r\033[K" /* ECMA-48: to the beginning of the line, and erase it (EL) */

static _Atomic(const char *) doing;
static _Atomic uint64_t steps_total, steps_done;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ending;
static pthread_t thread;
static bool is_begun, is_over;
static atomic_bool is_shown;

static void progress_put(const char *text, size_t size)
{
    if (write(STDERR_FILENO, text, size) < 0)
        is_over = true; /* the terminal is gone */
}

/* ---- the line ---- */

static size_t columns(void)
{
    struct winsize size;
    bool is_known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return is_known ? size.ws_col : 80;
}

static size_t progress_write_line(char *line, size_t room)
{
    const char *what = atomic_load_explicit(&doing, memory_order_relaxed);
    uint64_t total = atomic_load_explicit(&steps_total, memory_order_relaxed);
    uint64_t done = atomic_load_explicit(&steps_done, memory_order_relaxed);
    int size = what == NULL ? 0 : snprintf(line, room, "scoped-trace: %s", what);
    double part = done < total ? (double)done / (double)total : 1;
    if (total > 1 && size > 0 && (size_t)size < room)
        size += snprintf(line + size, room - (size_t)size, ": %.0f %%", 100 * part);
    return size < 0 ? 0 : (size_t)size < room ? (size_t)size : room - 1;
}

/* The line must not reach the last column: some terminals begin a new one then. */
static void draw(void)
{
    char line[80] = ERASE;
    size_t width = columns(), room = sizeof line - strlen(ERASE);
    if (tcgetpgrp(STDERR_FILENO) != getpgrp())
        return;
    room = width < room ? width : room;
    size_t size = progress_write_line(line + strlen(ERASE), room);
    if (size == 0)
        return;
    progress_put(line, strlen(ERASE) + size);
    is_shown = true;
}

/* With the lock held. */
static void erase(void)
{
    if (is_shown && !is_over)
        progress_put(ERASE, strlen(ERASE));
    is_shown = false;
}

void progress_hide(void)
{
    pthread_mutex_lock(&lock);
    erase();
    pthread_mutex_unlock(&lock);
}

void progress_erase(void)
{
    if (is_shown)
        progress_put(ERASE, strlen(ERASE));
}

/* ---- the thread ---- */

static void *progress_show(void *argument)
{
    uint64_t next_ns = now_ns() + FIRST_NS;
    pthread_mutex_lock(&lock);
    while (!is_over) {
        const struct timespec until = {
            (time_t)(next_ns / 1000000000), (long)(next_ns % 1000000000)};
        pthread_cond_timedwait(&ending, &lock, &until);
        if (is_over || now_ns() < next_ns)
            continue;
        draw();
        next_ns = now_ns() + PAUSE_NS;
    }
    pthread_mutex_unlock(&lock);
    return argument;
}

static bool progress_is_wanted(void)
{
    const char *terminal = getenv("TERM");
    return isatty(STDERR_FILENO) && terminal && strcmp(terminal, "dumb") != 0;
}

/* The thread takes no signals. */
static bool start_thread(void)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = stack_thread(&thread, progress_show, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error == 0;
}

void progress_begin(void)
{
    pthread_condattr_t attributes;
    if (is_begun || !progress_is_wanted())
        return;
    is_over = false;
    doing = NULL;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&ending, &attributes);
    pthread_condattr_destroy(&attributes);
    is_begun = start_thread();
}

void progress_end(void)
{
    if (!is_begun)
        return;
    pthread_mutex_lock(&lock);
    erase();
    is_over = true;
    pthread_cond_signal(&ending);
    pthread_mutex_unlock(&lock);
    pthread_join(thread, NULL);
    pthread_cond_destroy(&ending);
    is_begun = false;
}

/* ---- what it says ---- */

void progress_say(const char *what, uint64_t total)
{
    atomic_store_explicit(&steps_done, 0, memory_order_relaxed);
    atomic_store_explicit(&steps_total, total, memory_order_relaxed);
    atomic_store_explicit(&doing, what, memory_order_relaxed);
}

void progress_advance(uint64_t steps)
{
    uint64_t done = atomic_load_explicit(&steps_done, memory_order_relaxed);
    atomic_store_explicit(&steps_done, done + steps, memory_order_relaxed);
}
