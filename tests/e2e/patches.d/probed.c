/* Calls a function for a while; "names": looks up an address once. */
#include <netdb.h>
#include <stdio.h>
#include <unistd.h>

__attribute__((noinline, noclone)) int work(int n)
{
    usleep(1000);
    return n + 1;
}

int main(int count, char **words)
{
    struct addrinfo *found = NULL;
    int sum = 0;
    (void)words;
    if (count > 1)
        return printf("%d\n", getaddrinfo("127.0.0.1", "80", NULL, &found)) < 0;
    for (int i = 0; i < 500; i++)
        sum = work(sum);
    printf("%d\n", sum);
    return 0;
}
