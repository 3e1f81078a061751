/*
 * children.c - many children live and hit at the same time; some execute another program then.
 *
 * usage: children NUMBER
 */
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define HITS 5

int main(int argc, char **argv)
{
    char byte;
    int children = argc > 1 ? atoi(argv[1]) : 200;
    int zero = open("/dev/zero", O_RDONLY), ended = 0;
    atomic_int *all_there = mmap(
        NULL, sizeof *all_there, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    for (int i = 0; i < children; i++) {
        if (fork() != 0)
            continue;
        while (!*all_there) /* by no leaf */
            syscall(SYS_futex, all_there, FUTEX_WAIT, 0, NULL, NULL, 0);
        for (int j = 0; j < HITS; j++)
            if (read(zero, &byte, 1) != 1)
                _exit(1);
        if (i % 3 == 0)
            execl("/bin/true", "true", (char *)NULL);
        _exit(0);
    }
    *all_there = 1;
    syscall(SYS_futex, all_there, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
    while (wait(NULL) > 0)
        ended++;
    printf("hits %d\n", ended * HITS);
    return 0;
}
