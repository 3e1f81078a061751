/* Every depth of a recursion is a node; the way back up adds none. */
#include <fcntl.h>
#include <unistd.h>

static int fd;
static char byte;

__attribute__((noinline)) static int down(int depth)
{
    if (depth == 0)
        return (int)read(fd, &byte, 1);
    return down(depth - 1) + (int)read(fd, &byte, 1);
}

int main(void)
{
    fd = open("/dev/zero", O_RDONLY);
    return down(5) == 6 ? 0 : 1;
}
