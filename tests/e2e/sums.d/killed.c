/* killed.c - counts its hits in memory that outlives it, until it is killed at some moment. */
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    char byte;
    long total = 0;
    int zero = open("/dev/zero", O_RDONLY), rounds = argc > 1 ? atoi(argv[1]) : 20;
    atomic_long *hits = mmap(
        NULL, sizeof *hits, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    for (int i = 0; i < rounds; i++) {
        pid_t child = fork();
        if (child == 0)
            for (;;)
                if (read(zero, &byte, 1) == 1)
                    atomic_fetch_add(hits, 1);
        usleep((useconds_t)(rand() % 3000));
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
    }
    total = *hits;
    /* A call that was cut off between its return and its counting is in the tree alone. */
    printf("hits %ld at most %ld more\n", total, (long)rounds);
    return 0;
}
