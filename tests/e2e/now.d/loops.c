/* Two threads that wait for events: a server with clients, and one with a pipe. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

static void watch(int epoll, int fd)
{
    struct epoll_event event = {.events = EPOLLIN};
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

static void serve(int epoll)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int server = socket(AF_INET, SOCK_STREAM, 0);
    bind(server, (struct sockaddr *)&address, size);
    listen(server, 16);
    getsockname(server, (struct sockaddr *)&address, &size);
    watch(epoll, server);
    for (int i = 0; i < 12; i++) {
        connect(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&address, size);
        watch(epoll, accept(server, NULL, NULL));
    }
}

__attribute__((noinline)) static void loop(int epoll)
{
    struct epoll_event event;
    epoll_wait(epoll, &event, 1, -1);
}

static void *work(void *with_clients)
{
    int epoll = epoll_create1(0), ends[2];
    pipe(ends);
    if (with_clients)
        serve(epoll);
    else
        watch(epoll, ends[0]);
    watch(epoll, eventfd(0, 0));
    loop(epoll);
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    pthread_create(&threads[0], NULL, work, NULL);
    pthread_create(&threads[1], NULL, work, "");
    pthread_join(threads[0], NULL);
    return 0;
}
