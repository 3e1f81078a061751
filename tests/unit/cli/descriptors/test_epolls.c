/*
 * test_epolls.c - what the epolls of this process watch.
 */
// needs: cli
#include "descriptors/epolls.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "suite.h"
#include "trace/snapshot.h"

static struct snapshot snapshot;
static struct snapshot_open_call calls[3];
static int epolls[3];

/* A call waits for each of them. */
static void begin(size_t count)
{
    snapshot = (struct snapshot){.pid = getpid(), .open_calls = calls, .open_call_count = count};
    snapshot.objects.list = calloc(count, sizeof *snapshot.objects.list);
    snapshot.objects.count = count;
    for (uint32_t i = 0; i < count; i++) {
        epolls[i] = epoll_create1(EPOLL_CLOEXEC);
        ck_assert_int_ge(epolls[i], 0);
        calls[i] = (struct snapshot_open_call){.object = i};
        snapshot.objects.list[i] = (struct snapshot_object){.type = TRACE_OBJECT_ANONYMOUS,
            .module = OBJECTS_NONE,
            .text = "anon_inode:[eventpoll]",
            .id = (uint64_t)epolls[i]};
    }
}

static void end(void)
{
    for (size_t i = 0; i < snapshot.open_call_count; i++)
        close(epolls[i]);
    objects_finish(&snapshot.objects);
}

static int add_to(int epoll, int fd)
{
    struct epoll_event event = {.events = EPOLLIN};
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), 0);
    return fd;
}

static const struct snapshot_object *member(uint32_t set, uint32_t index)
{
    const struct snapshot_object *object = &snapshot.objects.list[set];
    ck_assert_uint_eq(object->type, TRACE_OBJECT_SET);
    uint32_t place = object->set.members[index];
    ck_assert_uint_lt(place, snapshot.objects.count);
    return &snapshot.objects.list[place];
}

/* On a port that the kernel chooses. */
static int listener(int family, struct sockaddr_in6 *address, socklen_t *size)
{
    int fd = socket(family, SOCK_STREAM, 0);
    struct sockaddr_in *four = (struct sockaddr_in *)address;
    *address = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    if (family == AF_INET)
        *four = (struct sockaddr_in){
            .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    *size = sizeof *address;
    ck_assert_int_eq(
        bind(fd, (struct sockaddr *)address, family == AF_INET ? sizeof *four : *size), 0);
    ck_assert_int_eq(listen(fd, 512), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)address, size), 0);
    return fd;
}

static int connect_to(const struct sockaddr_in6 *address, socklen_t size)
{
    int fd = socket(address->sin6_family, SOCK_STREAM, 0);
    ck_assert_int_eq(connect(fd, (const struct sockaddr *)address, size), 0);
    return fd;
}

START_TEST(each_kind_is_as_the_trace_has_it)
{
    struct sockaddr_in6 address;
    socklen_t size;
    int ends[2];
    struct stat status;
    begin(1);
    int server = add_to(epolls[0], listener(AF_INET, &address, &size));
    int client = add_to(epolls[0], connect_to(&address, size));
    ck_assert_int_eq(pipe(ends), 0);
    add_to(epolls[0], ends[0]);
    int event = add_to(epolls[0], eventfd(0, 0));
    fstat(ends[0], &status);
    epolls_find_members(&snapshot);
    ck_assert_uint_eq(snapshot.objects.list[0].set.count, 4);
    const struct trace_address *local = member(0, 0)->addresses;
    ck_assert_uint_eq(member(0, 0)->type, TRACE_OBJECT_INET);
    ck_assert_uint_eq(member(0, 0)->id, SOCK_STREAM);
    ck_assert_uint_eq(local[0].family, AF_INET);
    ck_assert_uint_eq(local[0].port, ntohs(address.sin6_port));
    ck_assert_mem_eq(local[0].bytes, "\x7f\0\0\1", 4);
    ck_assert_uint_eq(local[1].family, 0);
    ck_assert_uint_eq(member(0, 1)->addresses[1].port, ntohs(address.sin6_port));
    ck_assert_uint_eq(member(0, 2)->type, TRACE_OBJECT_PIPE);
    ck_assert_uint_eq(member(0, 2)->file.inode, status.st_ino);
    ck_assert_ptr_null(member(0, 2)->text);
    ck_assert_str_eq(member(0, 3)->text, "anon_inode:[eventfd]");
    ck_assert_uint_eq(snapshot.objects.list[0].set.members[4], OBJECTS_NONE);
    close(event);
    close(ends[0]);
    close(ends[1]);
    close(client);
    close(server);
    end();
}
END_TEST

START_TEST(ipv6_udp_and_unix_are_found)
{
    struct sockaddr_in6 address;
    socklen_t size;
    char directory[] = "/tmp/epolls-XXXXXX";
    struct sockaddr_un path = {.sun_family = AF_UNIX};
    ck_assert_ptr_nonnull(mkdtemp(directory));
    snprintf(path.sun_path, sizeof path.sun_path, "%s/socket", directory);
    begin(1);
    int six = socket(AF_INET6, SOCK_STREAM, 0);
    bool has_six = six >= 0;
    close(six);
    six = add_to(epolls[0], listener(has_six ? AF_INET6 : AF_INET, &address, &size));
    int datagrams = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in any = {.sin_family = AF_INET};
    ck_assert_int_eq(bind(datagrams, (struct sockaddr *)&any, sizeof any), 0);
    add_to(epolls[0], datagrams);
    int local = socket(AF_UNIX, SOCK_STREAM, 0);
    ck_assert_int_eq(bind(local, (struct sockaddr *)&path, sizeof path), 0);
    ck_assert_int_eq(listen(local, 1), 0);
    add_to(epolls[0], local);
    epolls_find_members(&snapshot);
    ck_assert_uint_eq(member(0, 0)->type, TRACE_OBJECT_INET);
    if (has_six)
        ck_assert_mem_eq(member(0, 0)->addresses[0].bytes, &address.sin6_addr, 16);
    ck_assert_uint_eq(member(0, 1)->id, SOCK_DGRAM);
    ck_assert_uint_eq(member(0, 2)->type, TRACE_OBJECT_UNIX);
    ck_assert_str_eq(member(0, 2)->text, path.sun_path);
    close(local);
    close(datagrams);
    close(six);
    unlink(path.sun_path);
    rmdir(directory);
    end();
}
END_TEST

/* Ports of clients are left out, so the connections are alike, and others come before the second.
 */
START_TEST(what_differs_comes_first)
{
    enum { CLIENTS = 40 };
    struct sockaddr_in6 address;
    socklen_t size;
    int clients[CLIENTS], accepted[CLIENTS];
    begin(1);
    int server = listener(AF_INET, &address, &size);
    for (int i = 0; i < CLIENTS; i++) {
        clients[i] = connect_to(&address, size);
        accepted[i] = add_to(epolls[0], accept(server, NULL, NULL));
    }
    int event = add_to(epolls[0], eventfd(0, 0));
    epolls_find_members(&snapshot);
    ck_assert_uint_eq(snapshot.objects.list[0].set.count, CLIENTS + 1);
    ck_assert_uint_eq(member(0, 0)->addresses[0].port, ntohs(address.sin6_port));
    ck_assert_uint_eq(member(0, 0)->addresses[1].family, AF_INET);
    ck_assert_uint_eq(member(0, 0)->addresses[1].port, 0);
    ck_assert_uint_eq(member(0, 1)->type, TRACE_OBJECT_ANONYMOUS);
    for (uint32_t i = 2; i < TRACE_SET_MEMBERS; i++)
        ck_assert_uint_eq(member(0, i)->type, TRACE_OBJECT_INET);
    for (int i = 0; i < CLIENTS; i++) {
        close(clients[i]);
        close(accepted[i]);
    }
    close(event);
    close(server);
    end();
}
END_TEST

START_TEST(one_socket_in_two_epolls_is_found_twice)
{
    struct sockaddr_in6 address;
    socklen_t size;
    begin(3);
    int server = listener(AF_INET, &address, &size);
    add_to(epolls[0], server);
    add_to(epolls[1], server);
    calls[2].object = 1; /* two threads wait for the second one */
    epolls_find_members(&snapshot);
    for (uint32_t i = 0; i < 2; i++) {
        ck_assert_uint_eq(snapshot.objects.list[i].set.count, 1);
        ck_assert_uint_eq(member(i, 0)->addresses[0].port, ntohs(address.sin6_port));
    }
    close(server);
    end();
}
END_TEST

/* The number stands for another file now, of which the epoll knows nothing. */
START_TEST(a_number_that_was_used_again_is_only_counted)
{
    int ends[2];
    begin(1);
    ck_assert_int_eq(pipe(ends), 0);
    add_to(epolls[0], ends[0]);
    int kept = dup(ends[0]), other = eventfd(0, 0);
    ck_assert_int_eq(dup2(other, ends[0]), ends[0]);
    epolls_find_members(&snapshot);
    ck_assert_uint_eq(snapshot.objects.list[0].type, TRACE_OBJECT_SET);
    ck_assert_uint_eq(snapshot.objects.list[0].set.count, 1);
    ck_assert_uint_eq(snapshot.objects.list[0].set.members[0], OBJECTS_NONE);
    close(kept);
    close(other);
    close(ends[0]);
    close(ends[1]);
    end();
}
END_TEST

START_TEST(what_cannot_be_known_stays_as_it_is)
{
    begin(2);
    int event = add_to(epolls[1], eventfd(0, 0));
    calls[1].object = OBJECTS_NONE;
    epolls_find_members(&snapshot); /* the first one watches nothing */
    ck_assert_uint_eq(snapshot.objects.list[0].type, TRACE_OBJECT_ANONYMOUS);
    ck_assert_uint_eq(snapshot.objects.list[1].type, TRACE_OBJECT_ANONYMOUS);
    calls[1].object = 1;
    snapshot.pid = 1 << 30; /* no process has it (proc(5), pid_max) */
    epolls_find_members(&snapshot);
    ck_assert_uint_eq(snapshot.objects.list[1].type, TRACE_OBJECT_ANONYMOUS);
    ck_assert_uint_eq(snapshot.objects.count, 2);
    close(event);
    end();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("epolls");
    TCase *epolls_case = tcase_create("epolls");
    tcase_add_test(epolls_case, each_kind_is_as_the_trace_has_it);
    tcase_add_test(epolls_case, ipv6_udp_and_unix_are_found);
    tcase_add_test(epolls_case, what_differs_comes_first);
    tcase_add_test(epolls_case, one_socket_in_two_epolls_is_found_twice);
    tcase_add_test(epolls_case, a_number_that_was_used_again_is_only_counted);
    tcase_add_test(epolls_case, what_cannot_be_known_stays_as_it_is);
    suite_add_tcase(suite, epolls_case);
    return suite_run(suite);
}
