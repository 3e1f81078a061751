/*
 * plain.c - prints what a run does in one period after the other.
 */
#include "commands/watch/plain.h"

#include <errno.h>
#include <time.h>

#include "base/message.h"
#include "base/nanoseconds.h"
#include "commands/report.h"
#include "commands/watch/look.h"
#include "options/options.h"
#include "saved/saved.h"

/* Returns at that time, CLOCK_MONOTONIC. */
static void sleep_until(uint64_t ns)
{
    const struct timespec until = {(time_t)(ns / 1000000000), (long)(ns % 1000000000)};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
        ;
}

static void say_ended(const struct watch *watch)
{
    message(0, WATCH_ENDED, watch->live.session.place);
}

struct plain {
    struct watch watch;
    const struct options *options;
    FILE *out;
    uint64_t printed;
};

/* Returns 0, -ESRCH if no process is left, or another -errno. */
static int look_and_print_period(struct plain *plain)
{
    struct record period;
    struct options shown = live_run_options(&plain->watch.live, plain->options);
    int error = watch_look(&plain->watch, &period), unprinted = 0;
    if (period.saved.run.is_period) {
        shown.follows = plain->printed++ > 0;
        unprinted = report_record(&period, &shown, plain->options, plain->out);
    }
    watch_forget(&period);
    return unprinted ? unprinted : error;
}

/* The end of the run, or of the reader, is no failure, if there was something to be printed. */
static int print_periods(struct plain *plain, uint64_t every_ns, uint64_t count)
{
    int error = look_and_print_period(plain);
    uint64_t due_ns = now_ns(); /* the first look takes longer than others */
    while (error == 0 && plain->printed < count) {
        due_ns += every_ns;
        sleep_until(due_ns);
        error = look_and_print_period(plain);
    }
    if (error == -ESRCH)
        say_ended(&plain->watch);
    bool is_end = error == -EPIPE || (error == -ESRCH && plain->printed > 0);
    return is_end ? 0 : error;
}

int watch_print(const struct options *options, uint64_t every_ns, uint64_t count, FILE *out)
{
    struct plain plain = {.options = options, .out = out};
    char *problem = NULL;
    int error = watch_open(&plain.watch, options->which, &problem);
    if (error)
        message_fail(error, problem);
    else
        error = print_periods(&plain, every_ns, count);
    watch_close(&plain.watch);
    return error;
}
