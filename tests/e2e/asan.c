// cflags: -O1 -g -fsanitize=address
/* A program with AddressSanitizer, whose runtime insists on being the first library. */
#include <stdlib.h>
#include <unistd.h>

int main(void)
{
    char *memory = malloc(10);
    usleep(100);
    free(memory);
    return 3;
}
