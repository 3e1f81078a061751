/* children.c - two hundred children hit at the same time; some execute another program then. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILDREN 200
#define HITS     5

int main(void)
{
    char byte;
    int zero = open("/dev/zero", O_RDONLY), ended = 0;
    for (int i = 0; i < CHILDREN; i++) {
        if (fork() != 0)
            continue;
        for (int j = 0; j < HITS; j++)
            if (read(zero, &byte, 1) != 1)
                _exit(1);
        if (i % 3 == 0)
            execl("/bin/true", "true", (char *)NULL);
        _exit(0);
    }
    while (wait(NULL) > 0)
        ended++;
    printf("hits %d\n", ended * HITS);
    return 0;
}
