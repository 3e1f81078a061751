// options: --root serve
/* Another root: what lies outside of it is counted. The root is inlined at one of its calls. */
#include <unistd.h>

static volatile int served;

static inline void serve(int times)
{
    for (int i = 0; i < times; i++)
        usleep(100);
    served++;
}

__attribute__((noinline)) static void prepare(void)
{
    usleep(100);
    served--;
}

int main(void)
{
    prepare();
    serve(2);
    prepare();
    return served + 1;
}
