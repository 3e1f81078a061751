/* A child that does not exec has its own tree, and writes nothing into its parent's. */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

__attribute__((noinline)) static int in_child(void)
{
    for (int i = 0; i < 3; i++)
        usleep(100);
    return 5;
}

int main(void)
{
    int status = 0;
    usleep(100);
    pid_t child = fork();
    if (child == 0)
        _exit(in_child());
    waitpid(child, &status, 0);
    printf("child left with %d\n", WEXITSTATUS(status));
    return 0;
}
