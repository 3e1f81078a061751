// cflags: -O2
// strip: yes
/* Without any symbols main is still found, and is where the tree begins. */
#include <unistd.h>

__attribute__((noinline)) static int nap(int times)
{
    for (int i = 0; i < times; i++)
        usleep(100);
    return times;
}

int main(void)
{
    return nap(3) - 3;
}
