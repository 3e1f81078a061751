// options: --no-time
/* Without times there are only counts. */
#include <unistd.h>

int main(void)
{
    for (int i = 0; i < 3; i++)
        usleep(100);
    return 0;
}
