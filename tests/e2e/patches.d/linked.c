/* Calls a function of a library, then handles faults, then calls it again: it is seen all the time.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

long there(const long *);

static void on_fault(int number)
{
    exit(number);
}

int main(void)
{
    long value = 5, sum = 0;
    for (int i = 0; i < 10; i++) {
        sum += there(&value);
        if (i == 3)
            signal(SIGBUS, on_fault);
    }
    printf("%ld\n", sum);
    return 0;
}
