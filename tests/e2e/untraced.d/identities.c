/*
 * identities.c - executes a program as another effective user than the real one.
 */
#define _GNU_SOURCE
#include <unistd.h>

int main(int count, char **words)
{
    if (count < 2 || setresuid(65534, 0, 0) != 0)
        return 2;
    execv(words[1], words + 1);
    return 1;
}
