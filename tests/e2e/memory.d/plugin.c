/* plugin.c - a library that hits. */
#include <unistd.h>

void hit(void);
void hit(void)
{
    volatile int parent = getppid();
    (void)parent;
}
