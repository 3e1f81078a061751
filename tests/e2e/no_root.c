// options: --root no_such_function
/* No root is found: the whole tree, and a line that says so. */
#include <unistd.h>

int main(void)
{
    usleep(100);
    return 0;
}
