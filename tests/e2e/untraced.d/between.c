/*
 * between.c - executes what its arguments name, and is itself linked statically.
 */
#include <unistd.h>

int main(int count, char **words)
{
    if (count > 1)
        execv(words[1], words + 1);
    return 1;
}
