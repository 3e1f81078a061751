/* name_info.c - a function of seven arguments, of which one is on the stack, from a large frame. */
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

__attribute__((noinline)) static int look_up(char *port, size_t size)
{
    char large[100000];
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(4321)};
    memset(large, 0, sizeof large);
    __asm__ volatile("" : : "r"(large) : "memory");
    int result = getnameinfo((struct sockaddr *)&address, sizeof address, NULL, 0, port,
        (socklen_t)size, NI_NUMERICSERV);
    __asm__ volatile("" : : "r"(large) : "memory");
    return result;
}

int main(void)
{
    char port[20] = "none";
    int result = look_up(port, sizeof port);
    printf("%d %s\n", result, port);
    return 0;
}
