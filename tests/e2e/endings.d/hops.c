/* Goes on in its child all the time: hits once, makes a child, ends. hops HOW COUNT: so often, or
 * with 0 until there is a file "stop"; how many hits there were is in "last" then. HOW is fork,
 * exec (fork, and the child executes this program again), spawn (posix_spawn) or vfork. */
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

static void end(int hits)
{
    FILE *out = fopen("last.new", "w");
    fprintf(out, "%d\n", hits);
    fclose(out);
    rename("last.new", "last");
    _exit(0);
}

int main(int argc, char **argv)
{
    const char *how = argv[1];
    int count = atoi(argv[2]), hits = argc > 3 ? atoi(argv[3]) : 0;
    char number[16];
    char *again[] = {argv[0], argv[1], argv[2], number, NULL};
    pid_t child;
    for (;;) {
        usleep(100);
        hits++;
        if (count ? hits == count : access("stop", F_OK) == 0)
            end(hits);
        snprintf(number, sizeof number, "%d", hits);
        if (strcmp(how, "spawn") == 0) {
            posix_spawn(&child, argv[0], NULL, NULL, again, environ);
            _exit(0);
        }
        if (strcmp(how, "vfork") == 0) {
            if (vfork() == 0) {
                execv(argv[0], again);
                _exit(1);
            }
            _exit(0);
        }
        if (fork() != 0)
            _exit(0);
        if (strcmp(how, "exec") == 0)
            execv(argv[0], again);
    }
}
