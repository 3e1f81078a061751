/* A leaf called in a signal handler: its path goes through the interrupted function. */
#include <signal.h>
#include <string.h>
#include <unistd.h>

static void on_signal(int number)
{
    (void)number;
    if (write(1, "handled\n", 8) != 8)
        _exit(2);
}

__attribute__((noinline)) static int interrupted(void)
{
    return kill(getpid(), SIGUSR1) + 1;
}

int main(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    static char stack[1 << 16];
    stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaction(SIGUSR1, &action, NULL);
    int sum = interrupted();
    sigaltstack(&alternate, NULL);
    action.sa_flags = SA_ONSTACK;
    sigaction(SIGUSR1, &action, NULL);
    return sum + interrupted() - 2;
}
