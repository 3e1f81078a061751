/* Paths that alternate between two functions stay apart. */
#include <fcntl.h>
#include <unistd.h>

static int fd;
static char byte;

static int odd(int depth);

__attribute__((noinline)) static int even(int depth)
{
    return depth == 0 ? (int)read(fd, &byte, 1) : odd(depth - 1) + 1;
}

__attribute__((noinline)) static int odd(int depth)
{
    return depth == 0 ? (int)read(fd, &byte, 1) : even(depth - 1) + 1;
}

int main(void)
{
    int sum = 0;
    fd = open("/dev/zero", O_RDONLY);
    for (int i = 0; i < 100; i++)
        sum += i & 1 ? even(4) : odd(4);
    return sum == 500 ? 0 : 1;
}
