/* Hits by so many paths that its tree is larger than what a pipe takes, then ends by a signal: dies
 * of it ("die"), handles it and exits with 3 ("handle"), or ignores it and exits with 3 when there
 * is a file "leave" ("ignore"). There is a file "ready" when it may be sent. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const int signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1};
static volatile sig_atomic_t is_told;

static void note(int signal)
{
    (void)signal;
    is_told = 1;
}

/* One path for each number below 2^depth. */
__attribute__((noinline)) static void descend(int depth, int number)
{
    if (depth == 0) {
        usleep(0);
        return;
    }
    if (number & 1)
        descend(depth - 1, number >> 1);
    else
        descend(depth - 1, number >> 1);
    __asm__("");
}

static void make(const char *name)
{
    close(open(name, O_CREAT | O_WRONLY, 0666));
}

int main(int argc, char **argv)
{
    const char *how = argc > 1 ? argv[1] : "die";
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        if (strcmp(how, "die") != 0)
            signal(signals[i], strcmp(how, "handle") == 0 ? note : SIG_IGN);
    for (int number = 0; number < 4096; number++)
        descend(12, number);
    make("ready");
    write(1, "ready\n", 6);
    while (!is_told && access("leave", F_OK) != 0)
        poll(NULL, 0, 1);
    return 3;
}
