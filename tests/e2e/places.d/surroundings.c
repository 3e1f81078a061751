/* A program that takes its environment, its root, its user or its namespaces away. usage:
 * surroundings cleared|replaced|overwritten|root|user|namespaces|executed. What the library needs
 * of them it must have by then. */
#define _GNU_SOURCE
#include "hits.h"

#include <grp.h>
#include <sched.h>

extern char **environ;

static void cleared(char **argv)
{
    (void)argv;
    say("clearenv", clearenv());
    printf("preload: %d\n", getenv("LD_PRELOAD") != NULL);
}

static void replaced(char **argv)
{
    static char *own[] = {"A=b", NULL};
    (void)argv;
    environ = own;
    say("setenv", setenv("LD_PRELOAD_NOT", "x", 1));
}

/* As setproctitle does it: the strings of arguments and environment lie one after the other. */
static void overwritten(char **argv)
{
    char *end = argv[0] + strlen(argv[0]);
    for (char **variable = environ; *variable; variable++)
        end = *variable + strlen(*variable);
    environ = NULL;
    memset(argv[0], 'x', (size_t)(end - argv[0]));
}

static void another_root(char **argv)
{
    (void)argv;
    say("chroot", chroot("run"));
    say("chdir", chdir("/"));
}

static void another_user(char **argv)
{
    (void)argv;
    say("setresgid", setresgid(65533, 65533, 65533));
    say("setresuid", setresuid(65533, 65533, 65533));
}

static void other_namespaces(char **argv)
{
    (void)argv;
    say("unshare", unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWPID));
}

/* With an empty environment: not traced, and told by no error of the dynamic linker. */
static void executed(char **argv)
{
    char *no_environment[] = {NULL};
    char *arguments[] = {argv[0], "quiet", NULL};
    pid_t child = fork();
    if (child == 0) {
        execve("/proc/self/exe", arguments, no_environment);
        _exit(127);
    }
    int status;
    waitpid(child, &status, 0);
    printf("executed: %x\n", (unsigned)status);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*function)(char **);
    } ways[] = {{"cleared", cleared}, {"replaced", replaced}, {"overwritten", overwritten},
        {"root", another_root}, {"user", another_user}, {"namespaces", other_namespaces},
        {"executed", executed}};
    if (argc > 1 && strcmp(argv[1], "quiet") == 0)
        return 6;
    begin_hits();
    for (unsigned i = 0; argc > 1 && i < sizeof ways / sizeof *ways; i++) {
        if (strcmp(ways[i].name, argv[1]) != 0)
            continue;
        count_hit();
        ways[i].function(argv);
        break;
    }
    hit_by_paths(2000);
    hit_elsewhere();
    say_hits();
    return 0;
}
