/*
 * steps.c - executes a program in a vfork child with the processor's trap flag set, so that a
 * signal comes after each instruction, and its handler executes one as well. How many there were is
 * in the file `count`.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A process for one instruction of `every`, in each of some rounds, since what a handler leaves
 * behind can hide what the next one would find; and for each of the last ones, of which a round
 * before tells how many there are. The first round has more to do. */
#define LAST 300
static const int every[] = {0, 0, 11, 13, 17, 19, 23, 197};
#define ROUNDS (int)(sizeof every / sizeof *every)

extern char **environ;
static char *words[2];
static char *others[1000];
static volatile int round_at, steps, total, executed, wrong;

static void check(pid_t child)
{
    int status = 0;
    executed++;
    if (child < 0 || waitpid(child, &status, 0) != child || WEXITSTATUS(status) != 3)
        wrong++;
}

static void spawn(void)
{
    posix_spawn_file_actions_t actions;
    pid_t child = -1;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn(&child, words[0], &actions, NULL, words, others);
    posix_spawn_file_actions_destroy(&actions);
    check(child);
}

static void on_step(int signal)
{
    (void)signal;
    steps++;
    if (total && (steps % every[round_at] == 0 || steps > total - LAST))
        spawn();
}

/* The flag goes when something else is executed. The red zone is not to be pushed over. */
static void trace_itself(void)
{
    __asm__ volatile(
        "leaq -128(%%rsp), %%rsp; pushfq; orq $0x100, (%%rsp); popfq; leaq 128(%%rsp), %%rsp"
        :
        :
        : "cc", "memory");
}

/* With one variable more. */
static void make_others(void)
{
    others[0] = (char *)"IS_HANDLER=yes";
    for (int i = 0; environ[i] && i < 998; i++)
        others[i + 1] = environ[i];
}

/* A process that has a trace of its own, and becomes the program itself. */
static void execute_by_itself(void)
{
    pid_t child = fork();
    if (child == 0) {
        usleep(1);
        total = 0;
        trace_itself();
        execve(words[0], words, environ);
        _exit(9);
    }
    check(child);
}

int main(int count, char **arguments)
{
    struct sigaction action = {.sa_handler = on_step};
    if (count < 2)
        return 2;
    words[0] = arguments[1];
    make_others();
    sigaction(SIGTRAP, &action, NULL);
    for (; round_at < ROUNDS; round_at++) {
        if (round_at > 1 && total == 0)
            total = steps;
        steps = 0;
        pid_t child = vfork();
        if (child == 0) {
            trace_itself();
            execve(words[0], words, environ);
            _exit(9);
        }
        check(child);
    }
    execute_by_itself();
    printf("%d wrong\n", wrong);
    FILE *out = fopen("count", "w");
    fprintf(out, "%d\n", executed);
    fclose(out);
    return 0;
}
