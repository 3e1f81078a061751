// options: --root execve
/* The root is not met: the whole tree, and a line that says so. */
#include <unistd.h>

int main(void)
{
    usleep(100);
    return 0;
}
