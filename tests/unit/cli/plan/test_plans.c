/*
 * test_plans.c - what is written for a file is what hook_plan.h says, and who asks is answered.
 *
 * The libraries are compiled while the test runs. The clients of the server are the test itself.
 */
// tsan: yes
// needs: tests/unit/cli/plan/stand_in_planner.c cli
#include "plan/plans.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "hook_plan.h"
#include "hook_record.h"
#include "leaves/leaves.h"
#include "session_names.h"
#include "suite.h"

static char directory[] = "/tmp/test_plans-XXXXXX";
static struct leaves leaves;
static struct plans *plans;
static char *problem;
static char *bytes; /* of the plan that was read last */
static size_t size;
static const struct hook_plan_header *header;
static const struct hook_plan_entry *entries;

static const char source[] =
    "int arrows = 3;\n"
    "__attribute__((noinline)) int draw(int x) { return x * 3 + arrows; }\n"
    "__attribute__((noinline)) int aim(int x) { return x * 5 - arrows; }\n"
    "__attribute__((noinline, used)) static int hold(int x) { return x * 7 + arrows; }\n"
    "int release(int x) { return draw(x) + aim(x) + hold(x); }\n"
    "__asm__(\".globl nock\\n.type nock, @function\\nnock: ret\\n.size nock, . - nock\\n\");\n"
    "__attribute__((noinline, used)) static int one(int x) { return x + arrows; }\n"
    "static int (*choose(void))(int) { return one; }\n"
    "int chosen(int x) __attribute__((ifunc(\"choose\")));\n";

static void compile(const char *path, const char *text)
{
    char command[200];
    snprintf(command, sizeof command, "cc -O1 -shared -fPIC -o %s -x c -", path);
    FILE *compiler = popen(command, "w");
    fputs(text, compiler);
    ck_assert_int_eq(pclose(compiler), 0);
}

static void write_file(const char *path, const char *text)
{
    FILE *out = fopen(path, "w");
    fputs(text, out);
    ck_assert_int_eq(fclose(out), 0);
}

static void set_up(void)
{
    strcpy(strrchr(directory, '-') + 1, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    ck_assert_int_eq(chdir(directory), 0);
    compile("bow.so", source);
}

static size_t count_files(const char *pattern)
{
    char command[200];
    size_t count = 0;
    snprintf(command, sizeof command, "ls | grep -c '%s'", pattern);
    FILE *in = popen(command, "r");
    ck_assert_int_eq(fscanf(in, "%zu", &count), 1);
    pclose(in);
    return count;
}

/* Whatever a test did, nothing is left half done. */
static void tear_down(void)
{
    char command[100];
    ck_assert_uint_eq(count_files("\\.new$"), 0);
    plans_destroy(plans);
    leaves_finish(&leaves);
    free(problem);
    free(bytes);
    snprintf(command, sizeof command, "rm -r %s", directory);
    ck_assert_int_eq(system(command), 0);
    plans = NULL;
    problem = bytes = NULL;
}

static void begin(const char *list, enum plan_policy policy)
{
    ck_assert_int_eq(leaves_select(&leaves, &list, 1, &problem), 0);
    ck_assert_int_eq(plans_create(&plans, "", directory, &leaves, policy), 0);
}

static const struct plan_file *add(const char *path)
{
    ck_assert_int_eq(plans_add(plans, path, false), 0);
    const struct plan_file *file = plans_find(plans, path);
    ck_assert_ptr_nonnull(file);
    return file;
}

/* The name of the plan of the file at `path`, or of the function at the address in it. */
static const char *name_of(const char *path, uint64_t address)
{
    static char name[100];
    struct stat status;
    ck_assert_int_eq(stat(path, &status), 0);
    int length = snprintf(name, sizeof name, "%lx-%lx", status.st_dev, status.st_ino);
    if (address)
        length += snprintf(name + length, sizeof name - length, "-%lx", address);
    strcpy(name + length, ".plan");
    return name;
}

static void read_plan(const char *name)
{
    struct stat status;
    free(bytes);
    ck_assert_int_eq(stat(name, &status), 0);
    size = (size_t)status.st_size;
    bytes = malloc(size);
    FILE *in = fopen(name, "r");
    ck_assert_uint_eq(fread(bytes, 1, size, in), size);
    fclose(in);
    header = (const struct hook_plan_header *)bytes;
    entries = (const struct hook_plan_entry *)(header + 1);
    ck_assert_uint_eq(header->magic, HOOK_PLAN_MAGIC);
    ck_assert_uint_eq(header->version, HOOK_PLAN_VERSION);
    ck_assert_uint_eq(header->size, size);
    ck_assert_uint_eq(header->reserved, 0);
}

static const char *text_at(uint32_t offset)
{
    ck_assert_uint_ge(offset, sizeof *header + header->count * sizeof *entries);
    ck_assert_uint_lt(offset, size);
    return bytes + offset;
}

static const struct hook_plan_entry *entry_of(const char *symbol)
{
    for (uint32_t i = 0; i < header->count; i++)
        if (strcmp(text_at(entries[i].symbol), symbol) == 0)
            return &entries[i];
    return NULL;
}

static const struct plan_function *function_of(const struct plan_file *file, const char *symbol)
{
    for (size_t i = 0; i < file->count; i++)
        if (strcmp(file->list[i].symbol, symbol) == 0)
            return &file->list[i];
    ck_abort_msg("no '%s' was found", symbol);
}

static uint64_t address_of(const char *path, const char *symbol)
{
    char command[200];
    unsigned long address = 0;
    snprintf(command, sizeof command, "nm %s | grep ' %s$'", path, symbol);
    FILE *in = popen(command, "r");
    ck_assert_int_eq(fscanf(in, "%lx", &address), 1);
    pclose(in);
    return address;
}

/* ---- plans ---- */

static void assert_entry_is_whole(const struct hook_plan_entry *entry)
{
    ck_assert_uint_le(entry->ends_by_itself, 1);
    ck_assert_uint_le(entry->is_one_instruction, 1);
    ck_assert_uint_le(entry->is_resolver, 1);
    ck_assert_uint_eq(entry->reserved, 0);
    ck_assert_uint_eq(entry->task, 0);
    if (entry->is_resolver)
        return;
    ck_assert_uint_ge(entry->displaced_size, HOOK_PLAN_JUMP);
    ck_assert_uint_le(entry->displaced_size, HOOK_PLAN_BYTES);
    ck_assert_uint_gt(entry->code_size, 0);
    ck_assert_uint_le(entry->code_size, HOOK_PLAN_CODE);
    ck_assert_uint_le(entry->fixup_count, HOOK_PLAN_FIXUPS);
    for (unsigned i = 0; i < entry->code_size; i++) {
        ck_assert_uint_lt(entry->original[i], entry->displaced_size);
        ck_assert_uint_ge(entry->original[i], i ? entry->original[i - 1] : 0);
    }
    ck_assert_uint_eq(entry->original[0], 0);
}

START_TEST(a_plan_is_what_the_library_expects)
{
    begin("draw,aim,hold,release,chosen", PLAN_AUTO);
    const struct plan_file *file = add("bow.so");
    ck_assert_uint_eq(file->count, 5);
    ck_assert(!file->is_program);
    read_plan(name_of("bow.so", 0));
    ck_assert_uint_eq(header->count, 5);
    ck_assert_int_eq(bytes[size - 1], '\0');
    uint64_t end = 0;
    for (uint32_t i = 0; i < header->count; i++) {
        ck_assert_uint_ge(entries[i].address, end);
        end = entries[i].address + entries[i].displaced_size;
        ck_assert_str_eq(text_at(entries[i].shown), text_at(entries[i].symbol));
        assert_entry_is_whole(&entries[i]);
    }
}
END_TEST

START_TEST(an_entry_has_the_bytes_of_its_function)
{
    char code[HOOK_PLAN_BYTES];
    begin("hold", PLAN_AUTO);
    add("bow.so");
    read_plan(name_of("bow.so", 0));
    const struct hook_plan_entry *entry = entry_of("hold");
    uint64_t address = address_of("bow.so", "hold");
    ck_assert_ptr_nonnull(entry);
    ck_assert(entry->address == address || entry->address == address + 4);
    FILE *in = fopen("bow.so", "r"); /* its code lies in the file where it does in memory */
    ck_assert_int_eq(fseek(in, (long)entry->address, SEEK_SET), 0);
    ck_assert_uint_eq(fread(code, 1, entry->displaced_size, in), entry->displaced_size);
    fclose(in);
    ck_assert_mem_eq(code, entry->displaced, entry->displaced_size);
}
END_TEST

START_TEST(functions_come_by_their_addresses)
{
    begin("draw,aim,hold,release,chosen", PLAN_AUTO);
    const struct plan_file *file = add("bow.so");
    for (size_t i = 0; i < file->count; i++) {
        ck_assert(i == 0 || file->list[i - 1].address < file->list[i].address);
        ck_assert_ptr_eq(plan_file_find(file, file->list[i].address), &file->list[i]);
    }
    ck_assert_ptr_eq(plan_file_find(file, address_of("bow.so", "draw")), function_of(file, "draw"));
    ck_assert_ptr_null(plan_file_find(file, address_of("bow.so", "draw") + 1));
    ck_assert_ptr_null(plan_file_find(file, 0));
    ck_assert_ptr_null(plan_file_find(file, UINT64_MAX));
}
END_TEST

START_TEST(flags_come_through)
{
    compile("bow.so", "int arrows;\n"
                      "int printf(const char *f, ...) { return *f * 3 + arrows; }\n"
                      "int vfork(void) { return arrows * 3; }\n"
                      "int poll(int x) { return x * 3 + arrows; }\n"
                      "int mine(int x) { return x * 5 + arrows; }\n");
    begin("printf,vfork,poll,mine", PLAN_AUTO);
    add("bow.so");
    read_plan(name_of("bow.so", 0));
    ck_assert_uint_eq(entry_of("printf")->flags, HOOK_STACK_ARGS);
    ck_assert_uint_eq(entry_of("vfork")->flags, HOOK_TAIL);
    ck_assert_uint_eq(entry_of("poll")->flags, HOOK_STACK_ARGS); /* no libc's */
    ck_assert_uint_eq(entry_of("mine")->flags, HOOK_STACK_ARGS);
}
END_TEST

START_TEST(the_root_is_marked_also_where_it_is_a_leaf)
{
    begin("ho*", PLAN_AUTO);
    ck_assert_int_eq(leaves_add_root(&leaves, "hold", &problem), 0);
    add("bow.so");
    read_plan(name_of("bow.so", 0));
    ck_assert_uint_eq(header->count, 1);
    ck_assert_uint_ne(entries[0].flags & HOOK_ROOT, 0);
    ck_assert_uint_eq(entries[0].flags & HOOK_NOT_A_LEAF, 0);
}
END_TEST

START_TEST(a_mere_root_is_no_leaf)
{
    begin("draw", PLAN_AUTO);
    ck_assert_int_eq(leaves_add_root(&leaves, "hold", &problem), 0);
    add("bow.so");
    read_plan(name_of("bow.so", 0));
    ck_assert_uint_eq(header->count, 2);
    ck_assert_uint_eq(
        entry_of("hold")->flags & (HOOK_ROOT | HOOK_NOT_A_LEAF), HOOK_ROOT | HOOK_NOT_A_LEAF);
    ck_assert_uint_eq(entry_of("draw")->flags & (HOOK_ROOT | HOOK_NOT_A_LEAF), 0);
}
END_TEST

START_TEST(a_twin_is_shown_as_the_leaf)
{
    compile("bow.so", "int arrows;\nint __read_chk(int x) { return x * 3 + arrows; }\n");
    begin("read", PLAN_AUTO);
    add("bow.so");
    read_plan(name_of("bow.so", 0));
    ck_assert_str_eq(text_at(entry_of("__read_chk")->shown), "read");
}
END_TEST

START_TEST(a_file_without_leaves_has_an_empty_plan)
{
    begin("nothing_is_called_like_this", PLAN_AUTO);
    ck_assert_uint_eq(add("bow.so")->count, 0);
    read_plan(name_of("bow.so", 0));
    ck_assert_uint_eq(header->count, 0);
    ck_assert_uint_eq(size, sizeof *header);
}
END_TEST

START_TEST(what_is_no_elf_file_has_an_empty_plan)
{
    static const char *const texts[] = {"", "#!/bin/sh\n", "\177ELF\2\1\1 and no more"};
    begin("draw", PLAN_AUTO);
    for (int i = 0; i < 3; i++) {
        char path[8] = {'n', 'o', (char)('0' + i), '\0'};
        write_file(path, texts[i]);
        ck_assert_uint_eq(add(path)->count, 0);
        read_plan(name_of(path, 0));
        ck_assert_uint_eq(header->count, 0);
    }
}
END_TEST

START_TEST(a_file_that_is_not_there_has_none)
{
    begin("draw", PLAN_AUTO);
    ck_assert_int_eq(plans_add(plans, "no.so", false), -ENOENT);
    ck_assert_ptr_null(plans_find(plans, "no.so"));
    ck_assert_ptr_null(plans_file(plans, 0));
    ck_assert_uint_eq(count_files("plan$"), 0);
}
END_TEST

START_TEST(a_file_is_looked_at_once_whatever_its_name)
{
    begin("draw", PLAN_AUTO);
    ck_assert_int_eq(symlink("bow.so", "link.so"), 0);
    ck_assert_int_eq(link("bow.so", "hard.so"), 0);
    const struct plan_file *file = add("bow.so");
    ck_assert_ptr_eq(add("link.so"), file);
    ck_assert_ptr_eq(add("hard.so"), file);
    ck_assert_ptr_eq(add("bow.so"), file);
    ck_assert_ptr_eq(plans_file(plans, 0), file);
    ck_assert_ptr_null(plans_file(plans, 1));
    ck_assert_uint_eq(count_files("plan$"), 1);
}
END_TEST

START_TEST(what_is_refused_has_a_reason_and_no_entry)
{
    begin("nock,draw", PLAN_AUTO);
    const struct plan_file *file = add("bow.so");
    const struct plan_function *nock = function_of(file, "nock");
    ck_assert_str_eq(nock->why, "it is too short");
    ck_assert_int_eq(plan_function_hook(file, nock), PLAN_BY_LINKER);
    ck_assert_int_eq(plan_function_hook(file, function_of(file, "draw")), PLAN_AT_ENTRY);
    read_plan(name_of("bow.so", 0));
    ck_assert_uint_eq(header->count, 1);
    ck_assert_ptr_null(entry_of("nock"));
    ck_assert_int_eq(bytes[size - 1], '\0');
}
END_TEST

START_TEST(nobody_is_bound_to_a_function_of_the_program)
{
    begin("nock", PLAN_AUTO);
    ck_assert_int_eq(plans_add(plans, "bow.so", true), 0);
    const struct plan_file *file = plans_find(plans, "bow.so");
    ck_assert(file->is_program);
    ck_assert_int_eq(plan_function_hook(file, function_of(file, "nock")), PLAN_NOT_HOOKED);
}
END_TEST

START_TEST(with_entries_only_the_linker_is_left_alone)
{
    begin("nock,draw", PLAN_ENTRY_ONLY);
    const struct plan_file *file = add("bow.so");
    ck_assert_int_eq(plan_function_hook(file, function_of(file, "nock")), PLAN_NOT_HOOKED);
    ck_assert_int_eq(plan_function_hook(file, function_of(file, "draw")), PLAN_AT_ENTRY);
    read_plan(name_of("bow.so", 0));
    ck_assert_uint_eq(header->count, 1);
}
END_TEST

START_TEST(with_the_linker_only_no_plan_is_written)
{
    begin("nock,draw,hold", PLAN_LINKER_ONLY);
    const struct plan_file *file = add("bow.so");
    ck_assert_int_eq(plan_function_hook(file, function_of(file, "draw")), PLAN_BY_LINKER);
    ck_assert_int_eq(plan_function_hook(file, function_of(file, "hold")), PLAN_NOT_HOOKED);
    ck_assert_ptr_nonnull(function_of(file, "draw")->why);
    ck_assert_uint_eq(count_files("plan$"), 0);
    ck_assert_int_eq(plans_listen(plans), 0);
    ck_assert_int_eq(plans_descriptor(plans), -1);
    plans_serve(plans);
    ck_assert_int_ne(access(SESSION_PLAN_SOCKET, F_OK), 0);
    plans_stop(plans);
}
END_TEST

START_TEST(a_directory_that_cannot_be_written_to_is_an_error)
{
    const char *list = "draw";
    ck_assert_int_eq(leaves_select(&leaves, &list, 1, &problem), 0);
    ck_assert_int_eq(plans_create(&plans, "", "/no/such/directory", &leaves, PLAN_AUTO), 0);
    ck_assert_int_eq(plans_add(plans, "bow.so", false), -ENOENT);
    ck_assert_ptr_null(plans_file(plans, 0));
    ck_assert_int_eq(plans_listen(plans), -ENOENT);
    ck_assert_int_eq(plans_descriptor(plans), -1);
}
END_TEST

/* ---- the server ---- */

static struct hook_plan_request request;

static void serve(const char *list)
{
    begin(list, PLAN_AUTO);
    ck_assert_int_eq(plans_listen(plans), 0);
    plans_serve(plans);
}

/* Fills the request for the file. Returns its size. */
static size_t ask_for(const char *path)
{
    struct stat status;
    ck_assert_int_eq(stat(path, &status), 0);
    memset(&request, 0, sizeof request);
    request.dev = status.st_dev;
    request.ino = status.st_ino;
    snprintf(request.path, sizeof request.path, "%s/%s", directory, path);
    return offsetof(struct hook_plan_request, path) + strlen(request.path) + 1;
}

static int connect_to_server(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct timeval patience = {.tv_sec = 10};
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s/" SESSION_PLAN_SOCKET, directory);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    close(fd);
    return -1;
}

static int answer_on(int fd)
{
    char answer = 77;
    ck_assert_int_eq(recv(fd, &answer, 1, 0), 1);
    close(fd);
    return answer;
}

static int send_request(const void *message, size_t length)
{
    int fd = connect_to_server();
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(send(fd, message, length, MSG_NOSIGNAL), (ssize_t)length);
    return answer_on(fd);
}

START_TEST(who_asks_for_a_file_gets_its_plan)
{
    serve("draw");
    ck_assert_uint_eq(count_files("plan$"), 0);
    size_t length = ask_for("bow.so");
    ck_assert_int_eq(send_request(&request, length), 1);
    read_plan(name_of("bow.so", 0));
    ck_assert_ptr_nonnull(entry_of("draw"));
    ck_assert_int_eq(send_request(&request, length), 1);
    ck_assert_int_eq(send_request(&request, sizeof request), 1);
    plans_stop(plans);
    ck_assert_str_eq(function_of(plans_file(plans, 0), "draw")->symbol, "draw");
    ck_assert_ptr_null(plans_file(plans, 1));
}
END_TEST

START_TEST(another_file_at_the_same_path_is_noticed)
{
    serve("draw");
    size_t length = ask_for("bow.so");
    request.ino++;
    ck_assert_int_eq(send_request(&request, length), 0);
    ask_for("bow.so");
    request.dev++;
    ck_assert_int_eq(send_request(&request, length), 0);
    ask_for("bow.so");
    ck_assert_int_eq(unlink("bow.so"), 0);
    ck_assert_int_eq(send_request(&request, length), 0);
    ck_assert_uint_eq(count_files("plan$"), 0);
}
END_TEST

START_TEST(what_is_no_request_is_answered_with_no)
{
    serve("draw");
    size_t length = ask_for("bow.so"), head = offsetof(struct hook_plan_request, path);
    ck_assert_int_eq(send_request("x", 1), 0);
    ck_assert_int_eq(send_request(&request, head), 0);
    ck_assert_int_eq(send_request(&request, head + 1), 0);
    ck_assert_int_eq(send_request(&request, length - 1), 0); /* without the NUL */
    memset(&request, 0xff, sizeof request);
    ck_assert_int_eq(send_request(&request, sizeof request), 0);
    memset(&request, 0, sizeof request);
    ck_assert_int_eq(send_request(&request, sizeof request), 0);
    length = ask_for("bow.so");
    ck_assert_int_eq(send_request(&request, length), 1);
}
END_TEST

START_TEST(who_goes_away_does_no_harm)
{
    serve("draw");
    size_t length = ask_for("bow.so");
    close(connect_to_server());
    int fd = connect_to_server();
    ck_assert_int_eq(send(fd, &request, length, MSG_NOSIGNAL), (ssize_t)length);
    close(fd);
    ck_assert_int_eq(send_request(&request, length), 1);
}
END_TEST

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

START_TEST(who_says_nothing_holds_nobody_up)
{
    serve("draw");
    int silent[100]; /* more than are waited for at once */
    for (int i = 0; i < 100; i++)
        ck_assert_int_ge(silent[i] = connect_to_server(), 0);
    double start = seconds();
    size_t length = ask_for("bow.so");
    ck_assert_int_eq(send_request(&request, length), 1);
    ck_assert(seconds() - start < 5);
    start = seconds();
    plans_stop(plans);
    ck_assert(seconds() - start < 5);
    for (int i = 0; i < 100; i++)
        close(silent[i]);
}
END_TEST

START_TEST(who_asks_for_what_an_ifunc_stands_for_gets_an_entry)
{
    serve("chosen");
    size_t length = ask_for("bow.so");
    ck_assert_int_eq(send_request(&request, length), 1);
    read_plan(name_of("bow.so", 0));
    ck_assert_uint_eq(header->count, 1);
    ck_assert_uint_eq(entries[0].is_resolver, 1);
    ck_assert_uint_eq(entries[0].address, address_of("bow.so", "choose"));
    request.resolver = entries[0].address;
    request.address = address_of("bow.so", "one");
    ck_assert_int_eq(send_request(&request, length), 1);
    ck_assert_int_eq(send_request(&request, length), 1);
    read_plan(name_of("bow.so", request.address));
    ck_assert_uint_eq(header->count, 1);
    ck_assert_uint_eq(entries[0].is_resolver, 0);
    ck_assert_str_eq(text_at(entries[0].shown), "chosen");
    ck_assert_str_eq(text_at(entries[0].symbol), "chosen");
    ck_assert(entries[0].address - request.address <= 4);
    assert_entry_is_whole(&entries[0]);
    ck_assert_int_eq(bytes[size - 1], '\0');
}
END_TEST

START_TEST(an_address_for_which_no_ifunc_stands_has_no_plan)
{
    serve("chosen,draw");
    size_t length = ask_for("bow.so");
    request.address = address_of("bow.so", "one");
    ck_assert_int_eq(send_request(&request, length), 0);
    request.resolver = address_of("bow.so", "draw");
    ck_assert_int_eq(send_request(&request, length), 0);
    request.resolver = address_of("bow.so", "choose");
    request.address = address_of("bow.so", "nock"); /* too short */
    ck_assert_int_eq(send_request(&request, length), 0);
    request.address = UINT64_MAX;
    ck_assert_int_eq(send_request(&request, length), 0);
    request.address = address_of("bow.so", "arrows"); /* data */
    ck_assert_int_eq(send_request(&request, length), 0);
    ck_assert_uint_eq(count_files("plan$"), 0);
}
END_TEST

START_TEST(when_it_is_stopped_nobody_is_answered)
{
    serve("draw");
    plans_stop(plans);
    ck_assert_int_eq(connect_to_server(), -1);
    plans_stop(plans);
}
END_TEST

static bool has_request(void)
{
    struct pollfd listener = {plans_descriptor(plans), POLLIN, 0};
    return poll(&listener, 1, 0) == 1;
}

START_TEST(who_has_asked_before_the_end_is_answered)
{
    for (int is_served = 0; is_served <= 1; is_served++) {
        begin("draw", PLAN_AUTO);
        ck_assert_int_eq(plans_listen(plans), 0);
        ck_assert(!has_request());
        int fds[20];
        size_t length = ask_for("bow.so");
        for (int i = 0; i < 20; i++) {
            fds[i] = connect_to_server();
            ck_assert_int_eq(send(fds[i], &request, length, MSG_NOSIGNAL), (ssize_t)length);
        }
        ck_assert(has_request());
        if (is_served)
            plans_serve(plans);
        plans_stop(plans);
        for (int i = 0; i < 20; i++)
            ck_assert_int_eq(answer_on(fds[i]), 1);
        plans_destroy(plans);
        plans = NULL;
        leaves_finish(&leaves);
        unlink(SESSION_PLAN_SOCKET);
        ck_assert_int_eq(system("rm *.plan *.list"), 0);
    }
    const char *list = "draw";
    ck_assert_int_eq(leaves_select(&leaves, &list, 1, &problem), 0);
}
END_TEST

START_TEST(who_goes_on_asking_does_not_keep_it_from_stopping)
{
    serve("draw");
    ask_for("bow.so");
    pid_t child = fork();
    if (child == 0)
        for (int fd;;)
            if ((fd = connect_to_server()) >= 0) {
                send(fd, "x", 1, MSG_NOSIGNAL);
                close(fd);
            }
    usleep(100000);
    plans_stop(plans);
    kill(child, SIGKILL);
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
}
END_TEST

START_TEST(it_may_be_destroyed_while_it_serves)
{
    serve("draw");
    plans_destroy(plans);
    plans = NULL;
    ck_assert_int_eq(connect_to_server(), -1);
}
END_TEST

START_TEST(a_socket_that_is_there_already_is_an_error)
{
    begin("draw", PLAN_AUTO);
    write_file(SESSION_PLAN_SOCKET, "");
    ck_assert_int_eq(plans_listen(plans), -EADDRINUSE);
    plans_stop(plans);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("plans");
    TCase *tests = tcase_create("plans");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_plan_is_what_the_library_expects);
    tcase_add_test(tests, an_entry_has_the_bytes_of_its_function);
    tcase_add_test(tests, functions_come_by_their_addresses);
    tcase_add_test(tests, flags_come_through);
    tcase_add_test(tests, the_root_is_marked_also_where_it_is_a_leaf);
    tcase_add_test(tests, a_mere_root_is_no_leaf);
    tcase_add_test(tests, a_twin_is_shown_as_the_leaf);
    tcase_add_test(tests, a_file_without_leaves_has_an_empty_plan);
    tcase_add_test(tests, what_is_no_elf_file_has_an_empty_plan);
    tcase_add_test(tests, a_file_that_is_not_there_has_none);
    tcase_add_test(tests, a_file_is_looked_at_once_whatever_its_name);
    tcase_add_test(tests, what_is_refused_has_a_reason_and_no_entry);
    tcase_add_test(tests, nobody_is_bound_to_a_function_of_the_program);
    tcase_add_test(tests, with_entries_only_the_linker_is_left_alone);
    tcase_add_test(tests, with_the_linker_only_no_plan_is_written);
    tcase_add_test(tests, a_directory_that_cannot_be_written_to_is_an_error);
    tcase_add_test(tests, who_asks_for_a_file_gets_its_plan);
    tcase_add_test(tests, another_file_at_the_same_path_is_noticed);
    tcase_add_test(tests, what_is_no_request_is_answered_with_no);
    tcase_add_test(tests, who_goes_away_does_no_harm);
    tcase_add_test(tests, who_says_nothing_holds_nobody_up);
    tcase_add_test(tests, who_asks_for_what_an_ifunc_stands_for_gets_an_entry);
    tcase_add_test(tests, an_address_for_which_no_ifunc_stands_has_no_plan);
    tcase_add_test(tests, when_it_is_stopped_nobody_is_answered);
    tcase_add_test(tests, who_has_asked_before_the_end_is_answered);
    tcase_add_test(tests, who_goes_on_asking_does_not_keep_it_from_stopping);
    tcase_add_test(tests, it_may_be_destroyed_while_it_serves);
    tcase_add_test(tests, a_socket_that_is_there_already_is_an_error);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
