/* mdwe.c - executes a program that may make no memory executable that was writable (Linux 6.3). */
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

#define SET_MDWE         65
#define REFUSE_EXEC_GAIN 1

int main(int count, char **words)
{
    if (count < 2 || prctl(SET_MDWE, REFUSE_EXEC_GAIN, 0, 0, 0) != 0) {
        perror("PR_SET_MDWE");
        return 125;
    }
    execvp(words[1], words + 1);
    perror(words[1]);
    return 127;
}
