/*
 * names.c - calls with paths, hosts and addresses, right and wrong ones.
 */
#include <netdb.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "own_trace.h"

int main(void)
{
    struct stat status;
    const char *volatile null = NULL;
    struct addrinfo *found = NULL;
    struct sockaddr_un target = {AF_UNIX, "/nowhere/socket"};
    struct sockaddr_in inet = {.sin_family = AF_INET, .sin_port = htons(1)};
    char longer[400],
        *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(page + 4096, 4096);
    memset(page, 'e', 4096);
    memset(longer, 'l', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    stat("/etc/passwd", &status);
    lstat("/etc/passwd", &status);
    close(open("names.file", O_RDWR | O_CREAT, 0600));
    close(openat(AT_FDCWD, "names.file", O_RDONLY));
    access("names.file", R_OK);
    stat(longer, &status);
    stat(page + 4096 - 10, &status); /* no NUL before the hole */
    stat((const char *)1, &status);
    stat(null, &status);
    getaddrinfo("127.0.0.1", "80", NULL, &found);
    getaddrinfo(NULL, "80", NULL, &found);
    connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&target, sizeof target);
    inet.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connect(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&inet, sizeof inet);
    connect(0, NULL, 16);
    own_trace_print(stdout);
    return 0;
}
