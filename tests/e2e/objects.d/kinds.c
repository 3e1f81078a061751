/*
 * kinds.c - one read, or another call, of each kind of descriptor.
 */
#include <arpa/inet.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <pty.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>

#include "own_trace.h"

static char bytes[64];

static void use(int fd)
{
    fcntl(fd, F_SETFL, O_NONBLOCK);
    if (read(fd, bytes, 1) == 12345)
        puts("never");
}

static void files(void)
{
    int ends[2], master, slave;
    use(open("/dev/null", O_RDONLY));
    use(open("plain", O_RDWR | O_CREAT, 0600));
    int fd = open("gone", O_RDWR | O_CREAT, 0600);
    unlink("gone");
    use(fd);
    mkfifo("fifo", 0600);
    use(open("fifo", O_RDWR));
    if (pipe(ends) != 0)
        exit(1);
    use(ends[0]);
    printf("pipe is inode=%lu\n", ({
        struct stat status;
        fstat(ends[1], &status);
        (unsigned long)status.st_ino;
    }));
    fd = (int)memfd_create("mem", 0);
    use(fd);
    if (openpty(&master, &slave, NULL, NULL, NULL) == 0)
        use(slave);
}

static void anonymous(void)
{
    sigset_t none;
    sigemptyset(&none);
    printf("eventfd is %d and ", ({
        int fd = eventfd(0, 0);
        use(fd);
        fd;
    }));
    printf("%d\n", ({
        int fd = eventfd(0, 0);
        use(fd);
        fd;
    }));
    use(timerfd_create(CLOCK_MONOTONIC, 0));
    use(signalfd(-1, &none, 0));
    use(inotify_init());
    use(epoll_create(1));
}

static int make_server(int family, const void *address, socklen_t size)
{
    int fd = socket(family, SOCK_STREAM, 0), on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, address, size) != 0 || listen(fd, 9) != 0) {
        perror("listen");
        exit(1);
    }
    return fd;
}

/* Two connections of one client. */
static void connections(int family, void *address, socklen_t size, const char *what)
{
    int server = make_server(family, address, size);
    getsockname(server, address, &size);
    if (family == AF_INET)
        printf("%s port %u\n", what, ntohs(((struct sockaddr_in *)address)->sin_port));
    fflush(stdout);
    for (int i = 0; i < 2; i++) {
        int client = socket(family, SOCK_STREAM, 0);
        if (connect(client, address, size) != 0)
            perror("connect");
        int end = accept(server, NULL, NULL);
        if (send(client, "hello", 5, 0) != 5 || recv(end, bytes, 5, 0) != 5)
            perror("send");
    }
}

static void sockets(void)
{
    struct sockaddr_in inet = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_un local = {AF_UNIX, "socket"}, abstract = {AF_UNIX, "\0hidden"};
    connections(AF_INET, &inet, sizeof inet, "tcp");
    unlink("socket");
    connections(AF_UNIX, &local, sizeof local, "unix");
    sprintf(abstract.sun_path + 1, "hidden-%d", getpid());
    connections(AF_UNIX, &abstract, (socklen_t)(2 + 1 + strlen(abstract.sun_path + 1)), "abstract");
    int udp = socket(AF_INET6, SOCK_DGRAM, 0);
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_addr = in6addr_loopback};
    six.sin6_port = htons(9);
    use(udp);
    connect(udp, (struct sockaddr *)&six, sizeof six);
    use(udp);
    use(socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));
}

int main(void)
{
    files();
    anonymous();
    sockets();
    use(99); /* not open */
    own_trace_print(stdout);
    return 0;
}
