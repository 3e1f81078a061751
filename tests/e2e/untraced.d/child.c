/*
 * child.c - a program that is executed: says so, with -DSHOW its environment too, and returns 3.
 */
#include <stdio.h>
#include <unistd.h>

int main(int count, char **words, char **variables)
{
    (void)words;
    printf("here, %d words\n", count);
#ifdef SHOW
    for (; *variables; variables++)
        if (**variables != '_') /* a shell's: who has executed it */
            puts(*variables);
#endif
    (void)variables;
    fflush(stdout);
    usleep(100);
    return 3;
}
