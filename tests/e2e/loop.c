/* A call in a loop is one node with its count; another call site of the same function is
 * another node. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static char byte;

__attribute__((noinline)) static int get(int fd)
{
    return (int)read(fd, &byte, 1) + byte;
}

int main(void)
{
    int fd = open("/dev/zero", O_RDONLY), sum = 0;
    for (int i = 0; i < 1000; i++)
        sum += get(fd);
    sum += get(fd);
    printf("%d\n", sum);
    return 7;
}
