/*
 * test_text.c - objects as people say them, and the processes at their other ends.
 */
// needs: cli
#include "objects/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"
#include "objects/address.h"
#include "trace/snapshot.h"

#define PROCESSES 4

/* Process i has the id 10 + i, one leaf, and one object for it. */
static struct snapshot processes[PROCESSES];
static struct snapshot *list[PROCESSES];
static struct snapshot_node nodes[PROCESSES];
static struct snapshot_leaf leaves[PROCESSES];
static struct snapshot_object objects[PROCESSES];
static struct snapshot_object_calls calls[PROCESSES];
static struct snapshot_module module = {.path = "/usr/lib/libx.so"};
static size_t count;
static struct peers *peers;
static struct object_text text;

static struct snapshot_object *add_process(const char *command, const char *leaf, uint32_t type)
{
    struct snapshot *process = &processes[count];
    *process = (struct snapshot){
        .pid = 10 + (int)count, .command = command, .program = "/bin/prog"};
    nodes[count] = (struct snapshot_node){.kind = SNAPSHOT_LEAF};
    leaves[count] = (struct snapshot_leaf){.name = leaf, .hits = 1};
    objects[count] = (struct snapshot_object){.type = type, .module = OBJECTS_NONE};
    calls[count] = (struct snapshot_object_calls){.hits = 1};
    process->nodes = &nodes[count];
    process->leaves = &leaves[count];
    process->node_count = 1;
    process->modules = &module;
    process->module_count = 1;
    process->objects = (struct objects){
        .list = &objects[count], .count = 1, .calls = &calls[count], .call_count = 1};
    list[count] = process;
    return &objects[count++];
}

static void finish(void)
{
    peers_destroy(peers);
    object_text_finish(&text);
    count = 0;
    peers = NULL;
}

/* Makes the text of the first process's object. */
static const char *make(void)
{
    peers_destroy(peers);
    object_text_finish(&text);
    peers = peers_create(list, count);
    ck_assert_int_eq(object_text_make(&text, peers, list[0], &objects[0],
                         direction_of(leaves[0].name), "/home/me"),
        0);
    return text.text;
}

static const char *text_of(uint32_t type, const char *name, uint64_t id)
{
    finish();
    struct snapshot_object *object = add_process("prog", "read", type);
    object->text = name;
    object->id = id;
    return make();
}

START_TEST(descriptors_are_called_by_what_is_open)
{
    ck_assert_str_eq(text_of(TRACE_OBJECT_DESCRIPTOR, NULL, 7), "descriptor 7");
    ck_assert_uint_eq(text.space, 10);
    ck_assert_str_eq(text_of(TRACE_OBJECT_FILE, "/var/log/x", 0), "/var/log/x");
    ck_assert_uint_eq(text.space, 0);
    ck_assert_str_eq(text_of(TRACE_OBJECT_FILE, "/home/me/a/b", 0), "a/b");
    ck_assert_str_eq(text_of(TRACE_OBJECT_FILE, "/home/men/a", 0), "/home/men/a");
    ck_assert_str_eq(text_of(TRACE_OBJECT_FILE, "/tmp/x (deleted)", 0), "/tmp/x (deleted)");
    ck_assert_str_eq(text_of(TRACE_OBJECT_FILE, "/dev/pts/3", 0), "terminal /dev/pts/3");
    ck_assert(!text.says_nothing);
    ck_assert_str_eq(text_of(TRACE_OBJECT_FILE, NULL, 0), "a file");
    ck_assert(text.says_nothing);
    ck_assert_str_eq(text_of(TRACE_OBJECT_ANONYMOUS, "anon_inode:[eventfd]", 0), "eventfd");
    ck_assert_str_eq(text_of(TRACE_OBJECT_ANONYMOUS, "anon_inode:inotify", 0), "inotify");
    ck_assert_str_eq(text_of(TRACE_OBJECT_ANONYMOUS, "anon_inode:[eventpoll]", 0), "epoll");
    ck_assert_str_eq(text_of(TRACE_OBJECT_ANONYMOUS, NULL, 0), "event");
}
END_TEST

START_TEST(other_objects_are_called_by_their_names_and_numbers)
{
    ck_assert_str_eq(text_of(TRACE_OBJECT_PATH, "etc/x", 0), "etc/x");
    ck_assert_str_eq(text_of(TRACE_OBJECT_HOST, "example.org", 0), "example.org");
    ck_assert_str_eq(text_of(TRACE_OBJECT_HOST, NULL, 0), "a host");
    ck_assert_str_eq(text_of(TRACE_OBJECT_THREAD, "worker", 12), "thread 12 \"worker\"");
    ck_assert_str_eq(text_of(TRACE_OBJECT_THREAD, NULL, 12), "thread 12");
    ck_assert(!text.says_nothing);
    ck_assert_str_eq(text_of(TRACE_OBJECT_THREAD, NULL, 0), "a thread");
    ck_assert(text.says_nothing);
    ck_assert_str_eq(text_of(TRACE_OBJECT_QUEUE, NULL, 5 | UINT64_C(0x1234) << 32),
        "message queue 5 (key 0x1234)");
    ck_assert_str_eq(text_of(TRACE_OBJECT_SEMAPHORES, NULL, 5), "semaphores 5");
    ck_assert_str_eq(text_of(TRACE_OBJECT_TIMEOUT, NULL, 0), "timeout");
    ck_assert_str_eq(text_of(TRACE_OBJECT_REST, NULL, 0), "others");
    ck_assert(text.says_nothing);
    ck_assert_str_eq(text_of(TRACE_OBJECT_SOCKET, NULL, 16), "netlink socket");
    ck_assert_str_eq(text_of(TRACE_OBJECT_SOCKET, NULL, 99), "socket of family 99");
}
END_TEST

START_TEST(a_set_is_called_by_its_members)
{
    static const struct {
        uint32_t type;
        const char *text;
    } members[] = {{TRACE_OBJECT_ANONYMOUS, "anon_inode:[eventfd]"}, {TRACE_OBJECT_FILE, "/a/b"},
        {TRACE_OBJECT_ANONYMOUS, "anon_inode:[eventfd]"}, {TRACE_OBJECT_REST, NULL}};
    struct snapshot_object some[] = {[4] = {.type = TRACE_OBJECT_SET}};
    struct snapshot_object *set = &some[4];
    for (uint32_t i = 0; i < 4; i++)
        some[i] = (struct snapshot_object){.type = members[i].type, .text = members[i].text};
    text_of(TRACE_OBJECT_SET, NULL, 0);
    processes[0].objects.list = some;
    processes[0].objects.count = 5;
    memset(set->set.members, 0xff, sizeof set->set.members);
    objects[0] = *set;
    ck_assert_str_eq(make(), "several descriptors");
    ck_assert(text.says_nothing);
    objects[0].set.count = 2;
    ck_assert_str_eq(make(), "2 descriptors");
    objects[0].set.members[0] = 0;
    objects[0].set.members[1] = 1;
    ck_assert_str_eq(make(), "2 descriptors: eventfd, /a/b");
    ck_assert_str_eq(text.general, text.text);
    ck_assert_str_eq(text.kind, "descriptors");
    ck_assert_uint_eq(text.space, 0); /* other processes may have the same */
    some[1].type = TRACE_OBJECT_DESCRIPTOR;
    make();
    ck_assert_uint_eq(text.space, 10);
    some[1].type = TRACE_OBJECT_FILE;
    objects[0].set.members[2] = 2;
    objects[0].set.members[3] = 3;
    objects[0].set.count = 9;
    ck_assert_str_eq(make(), "9 descriptors: eventfd (x2), /a/b and 6 more");
    ck_assert(!text.says_nothing);
}
END_TEST

/* ---- locks ---- */

START_TEST(a_lock_is_called_by_its_variable_its_module_or_its_address)
{
    ck_assert_str_eq(text_of(TRACE_OBJECT_MUTEX, NULL, 0x7f10), "mutex 0x7f10");
    ck_assert_uint_eq(text.space, 10);
    objects[0].module = 0;
    objects[0].address = 0x40;
    ck_assert_str_eq(make(), "mutex libx.so+0x40");
    ck_assert_uint_eq(text.space, 0);
    processes[0].program = module.path;
    processes[0].command = "/usr/bin/redis-server --port 1";
    ck_assert_str_eq(make(), "mutex redis-server+0x40");
    objects[0].variable = "cache_lock";
    ck_assert_str_eq(make(), "mutex cache_lock");
    objects[0].offset = 8;
    ck_assert_str_eq(make(), "mutex cache_lock+8");
    objects[0].variable = "_ZN3net4lockE@@X_1";
    objects[0].offset = 0;
    ck_assert_str_eq(make(), "mutex net::lock");
    objects[0].type = TRACE_OBJECT_RWLOCK;
    objects[0].variable = "table.0";
    ck_assert_str_eq(make(), "rwlock table");
}
END_TEST

/* ---- processes ---- */

START_TEST(a_process_is_called_by_its_name_if_it_is_traced)
{
    ck_assert_str_eq(text_of(TRACE_OBJECT_PROCESS, NULL, 11), "process 11");
    ck_assert_str_eq(text_of(TRACE_OBJECT_PROCESS, NULL, 0), "any child");
    text_of(TRACE_OBJECT_PROCESS, NULL, 11);
    add_process("/usr/bin/cc1 -quiet", "read", TRACE_OBJECT_REST);
    ck_assert_str_eq(make(), "cc1[11]");
    ck_assert_str_eq(text.general, "cc1");
    processes[1].command = "";
    ck_assert_str_eq(make(), "prog[11]");
}
END_TEST

START_TEST(of_a_process_that_has_executed_several_programs_the_latest_counts)
{
    text_of(TRACE_OBJECT_PROCESS, NULL, 11);
    add_process("sh -c sort", "read", TRACE_OBJECT_REST);
    add_process("sort", "read", TRACE_OBJECT_REST);
    processes[2].pid = 11;
    processes[1].start_ns = 1;
    processes[2].start_ns = 2;
    ck_assert_str_eq(make(), "sort[11]");
}
END_TEST

/* ---- pipes ---- */

static void add_pipe(const char *command, const char *leaf, uint64_t inode)
{
    add_process(command, leaf, TRACE_OBJECT_PIPE)->file.inode = inode;
}

START_TEST(a_pipe_is_called_by_the_process_at_its_other_end)
{
    add_pipe("cat", "read", 5);
    ck_assert_str_eq(make(), "pipe 5");
    add_pipe("other", "write", 6);
    ck_assert_str_eq(make(), "pipe 5");
    add_pipe("sort", "read", 5);
    ck_assert_str_eq(make(), "pipe from sort[12]");
    add_pipe("yes", "write", 5);
    ck_assert_str_eq(make(), "pipe from yes[13]");
    ck_assert_str_eq(text.general, "pipe from yes");
    leaves[0].name = "writev";
    ck_assert_str_eq(make(), "pipe to sort[12]");
    leaves[0].name = "poll";
    ck_assert_str_eq(make(), "pipe with sort[12] and 1 more");
    ck_assert_str_eq(text.general, "pipe with sort and others");
}
END_TEST

START_TEST(a_process_may_have_both_ends)
{
    add_pipe("cat", "read", 5);
    struct snapshot_node both[] = {nodes[0], nodes[0]};
    struct snapshot_leaf of_both[] = {{.name = "read"}, {.name = "write"}};
    both[1].leaf = 1;
    struct snapshot_object_calls two[] = {calls[0], calls[0]};
    two[1].node = 1;
    processes[0].nodes = both;
    processes[0].leaves = of_both;
    processes[0].objects.calls = two;
    processes[0].objects.call_count = 2;
    ck_assert_str_eq(make(), "pipe from itself");
    add_pipe("child", "read", 5);
    ck_assert_str_eq(make(), "pipe from itself");
    add_pipe("other", "write", 5);
    ck_assert_str_eq(make(), "pipe from other[12]");
}
END_TEST

START_TEST(many_processes_of_one_program_have_one_name)
{
    add_pipe("make", "read", 5);
    add_pipe("cc1 a.c", "write", 5);
    add_pipe("cc1 b.c", "write", 5);
    ck_assert_str_eq(make(), "pipe from cc1 (2 processes)");
    ck_assert_str_eq(text.general, "pipe from cc1");
    objects[0].text = "/run/fifo";
    ck_assert_str_eq(make(), "FIFO /run/fifo from cc1 (2 processes)");
}
END_TEST

START_TEST(what_leaves_do_with_a_pipe_is_known_by_their_names)
{
    ck_assert_int_eq(direction_of("read"), DIRECTION_READS);
    ck_assert_int_eq(direction_of("recvmsg"), DIRECTION_READS);
    ck_assert_int_eq(direction_of("fgets"), DIRECTION_READS);
    ck_assert_int_eq(direction_of("fread"), DIRECTION_READS);
    ck_assert_int_eq(direction_of("write"), DIRECTION_WRITES);
    ck_assert_int_eq(direction_of("fwrite"), DIRECTION_WRITES);
    ck_assert_int_eq(direction_of("sendmsg"), DIRECTION_WRITES);
    ck_assert_int_eq(direction_of("poll"), DIRECTION_UNKNOWN);
}
END_TEST

/* ---- sockets ---- */

#define TCP 1
#define UDP 2

static struct trace_address ipv4(uint8_t first, uint8_t last, uint16_t port)
{
    return (struct trace_address){2, port, {first, 0, 0, last}};
}

static void add_socket(
    const char *command, uint64_t type, struct trace_address local, struct trace_address peer)
{
    struct snapshot_object *object = add_process(command, "recv", TRACE_OBJECT_INET);
    object->id = type;
    object->addresses[0] = local;
    object->addresses[1] = peer;
}

static const struct trace_address nobody;

START_TEST(a_socket_is_called_by_its_peer_or_by_what_it_serves)
{
    add_socket("a", TCP, ipv4(10, 2, 0), ipv4(10, 1, 5432));
    ck_assert_str_eq(make(), "TCP 10.0.0.1:5432");
    objects[0].addresses[0].port = 8080;
    objects[0].addresses[1].port = 0;
    ck_assert_str_eq(make(), "TCP clients of :8080 from 10.0.0.1");
    objects[0].addresses[1] = nobody;
    ck_assert_str_eq(make(), "TCP listening on 10.0.0.2:8080");
    objects[0].addresses[0] = ipv4(0, 0, 8080);
    ck_assert_str_eq(make(), "TCP listening on :8080");
    objects[0].id = UDP;
    ck_assert_str_eq(make(), "UDP :8080");
    objects[0].addresses[0] = nobody;
    ck_assert_str_eq(make(), "UDP socket");
}
END_TEST

START_TEST(addresses_of_ipv6_stand_in_brackets)
{
    char to[ADDRESS_TEXT];
    struct trace_address address = {10, 80, {[15] = 1}};
    address_text(&address, true, to);
    ck_assert_str_eq(to, "[::1]:80");
    address_text(&address, false, to);
    ck_assert_str_eq(to, "::1");
    ck_assert(address_is_loopback(&address));
    address = (struct trace_address){10, 80, {[10] = 0xff, 0xff, 127, 0, 0, 9}};
    address_text(&address, true, to);
    ck_assert_str_eq(to, "127.0.0.9:80");
    ck_assert(address_is_loopback(&address));
    struct trace_address same = ipv4(127, 9, 1);
    ck_assert(address_is_same(&address, &same));
    same = ipv4(127, 8, 80);
    ck_assert(!address_is_same(&address, &same));
    memset(address.bytes, 0xfe, sizeof address.bytes);
    ck_assert(!address_is_loopback(&address) && !address_is_any(&address));
    address_text(&address, true, to);
    ck_assert_str_eq(to, "[fefe:fefe:fefe:fefe:fefe:fefe:fefe:fefe]:80");
}
END_TEST

START_TEST(the_other_end_of_a_connection_within_the_machine_is_named)
{
    add_socket("app", TCP, ipv4(127, 1, 0), ipv4(127, 1, 5432));
    add_socket("postgres", TCP, ipv4(0, 0, 5432), ipv4(127, 1, 0));
    ck_assert_str_eq(make(), "TCP 127.0.0.1:5432 (postgres[11])");
    objects[1].id = UDP;
    ck_assert_str_eq(make(), "TCP 127.0.0.1:5432");
    objects[1].id = TCP;
    objects[1].addresses[0] = ipv4(127, 2, 5432);
    ck_assert_str_eq(make(), "TCP 127.0.0.1:5432");
    finish();
    add_socket("postgres", TCP, ipv4(127, 1, 5432), ipv4(127, 1, 0));
    add_socket("app", TCP, ipv4(127, 1, 0), ipv4(127, 1, 5432));
    ck_assert_str_eq(make(), "TCP clients of :5432 from 127.0.0.1 (app[11])");
}
END_TEST

START_TEST(another_machine_with_the_same_port_is_not_taken_for_a_process)
{
    add_socket("app", TCP, ipv4(10, 2, 0), ipv4(10, 1, 5432));
    add_socket("postgres", TCP, ipv4(0, 0, 5432), ipv4(10, 9, 0));
    ck_assert_str_eq(make(), "TCP 10.0.0.1:5432");
    objects[0].addresses[0] = ipv4(10, 1, 0);
    ck_assert_str_eq(make(), "TCP 10.0.0.1:5432 (postgres[11])");
}
END_TEST

START_TEST(a_unix_socket_has_its_path_and_its_peer)
{
    ck_assert_str_eq(text_of(TRACE_OBJECT_UNIX, "/run/x.sock", 0), "unix /run/x.sock");
    ck_assert_str_eq(text_of(TRACE_OBJECT_UNIX, "@bus", 0), "unix @bus");
    ck_assert_str_eq(text_of(TRACE_OBJECT_UNIX, NULL, 0), "unix socket");
    add_process("dbus-daemon --x", "read", TRACE_OBJECT_REST);
    objects[0].file.pid = 11;
    ck_assert_str_eq(make(), "unix socket (dbus-daemon[11])");
    objects[0].file.pid = 10;
    ck_assert_str_eq(make(), "unix socket");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("text");
    TCase *texts = tcase_create("texts");
    tcase_add_checked_fixture(texts, NULL, finish);
    tcase_add_test(texts, descriptors_are_called_by_what_is_open);
    tcase_add_test(texts, other_objects_are_called_by_their_names_and_numbers);
    tcase_add_test(texts, a_set_is_called_by_its_members);
    tcase_add_test(texts, a_lock_is_called_by_its_variable_its_module_or_its_address);
    tcase_add_test(texts, a_process_is_called_by_its_name_if_it_is_traced);
    tcase_add_test(texts, of_a_process_that_has_executed_several_programs_the_latest_counts);
    tcase_add_test(texts, a_pipe_is_called_by_the_process_at_its_other_end);
    tcase_add_test(texts, a_process_may_have_both_ends);
    tcase_add_test(texts, many_processes_of_one_program_have_one_name);
    tcase_add_test(texts, what_leaves_do_with_a_pipe_is_known_by_their_names);
    tcase_add_test(texts, a_socket_is_called_by_its_peer_or_by_what_it_serves);
    tcase_add_test(texts, addresses_of_ipv6_stand_in_brackets);
    tcase_add_test(texts, the_other_end_of_a_connection_within_the_machine_is_named);
    tcase_add_test(texts, another_machine_with_the_same_port_is_not_taken_for_a_process);
    tcase_add_test(texts, a_unix_socket_has_its_path_and_its_peer);
    suite_add_tcase(suite, texts);
    return suite_run(suite);
}
