/*
 * plan.c - fetches the plan of a file from the session.
 *
 * A tool that was stopped or killed must not stop the program: the wait for an answer is limited,
 * and after one request without an answer no more are sent. A tool that is only slow is waited for:
 * without the plan, calls would be missing unnoticed.
 */
#include "hook/plan.h"

#include <asm/errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/kernel.h"
#include "base/pool.h"
#include "base/text.h"
#include "session_names.h"
#include "trace/modules.h"
#include "base/forbidden.h"

/* All functions of a large file, fifty thousand, take the tool seconds; on a busy machine many. */
#define PATIENCE_SECONDS 120
#define NAME_SIZE        300

static const char *session;
static uint32_t owner;   /* of the session's directory: files of other owners are ignored */
static bool is_answered; /* as far as is known, the tool answers */

static char *append_directory(char *at, const char *limit)
{
    return text_append(text_append(at, limit, session), limit, "/");
}

static void write_name(char name[NAME_SIZE], const struct hook_plan_request *request)
{
    const char *limit = name + NAME_SIZE - 1;
    char *at = text_append_number(append_directory(name, limit), limit, request->dev, 16);
    at = text_append_number(text_append(at, limit, "-"), limit, request->ino, 16);
    if (request->address)
        at = text_append_number(text_append(at, limit, "-"), limit, request->address, 16);
    text_append(at, limit, SESSION_PLAN_SUFFIX);
}

void plan_begin(const char *directory)
{
    struct stat status = {0};
    session = directory;
    is_answered = !kernel_failed(arch_stat(directory, &status));
    owner = status.st_uid;
}

static bool has_socket(void)
{
    char name[NAME_SIZE];
    const char *limit = name + sizeof name - 1;
    text_append(append_directory(name, limit), limit, SESSION_PLAN_SOCKET);
    return !kernel_failed(arch_access(name, F_OK));
}

bool plan_is_offered(void)
{
    static enum { UNKNOWN, OFFERED, NOT_OFFERED } offer;
    if (offer == UNKNOWN)
        offer = has_socket() ? OFFERED : NOT_OFFERED;
    return offer == OFFERED;
}

static bool is_fixup_right(const struct hook_plan_entry *entry, const struct hook_plan_fixup *fixup)
{
    return fixup->at + 4u <= entry->code_size && fixup->end <= entry->code_size &&
           fixup->kind <= HOOK_PLAN_HIGH;
}

static bool is_text(const struct plan *plan, uint32_t offset)
{
    uint32_t first = plan->header->size - plan->texts_size;
    return offset >= first && offset < plan->header->size;
}

static bool is_entry_right(const struct plan *plan, const struct hook_plan_entry *entry)
{
    if (!is_text(plan, entry->shown) || !is_text(plan, entry->symbol))
        return false;
    if (entry->ends_by_itself > 1 || entry->is_one_instruction > 1 || entry->is_resolver > 1)
        return false;
    if (entry->is_resolver)
        return true;
    if (entry->displaced_size < HOOK_PLAN_JUMP || entry->displaced_size > HOOK_PLAN_BYTES)
        return false;
    if (entry->code_size > HOOK_PLAN_CODE || entry->fixup_count > HOOK_PLAN_FIXUPS)
        return false;
    for (unsigned i = 0; i < entry->fixup_count; i++)
        if (!is_fixup_right(entry, &entry->fixups[i]))
            return false;
    for (unsigned i = 0; i < entry->code_size; i++)
        if ((entry->original[i] & ~HOOK_PLAN_PUSHED) >= entry->displaced_size)
            return false;
    return true;
}

static bool are_entries_right(const struct plan *plan)
{
    uint64_t end = 0;
    for (uint32_t i = 0; i < plan->header->count; i++) {
        const struct hook_plan_entry *entry = &plan->entries[i];
        if (entry->address < end || !is_entry_right(plan, entry))
            return false;
        end = entry->address + (entry->is_resolver ? 0 : entry->displaced_size);
    }
    return true;
}

/* Whether the `size` bytes at plan->header are a plan; sets the other fields of *plan. */
static bool check(struct plan *plan, uint64_t size)
{
    const struct hook_plan_header *header = plan->header;
    if (header->magic != HOOK_PLAN_MAGIC || header->version != HOOK_PLAN_VERSION ||
        header->size != size)
        return false;
    if (header->count == 0)
        return true; /* there is nothing to hook */
    uint64_t entries_size = (uint64_t)header->count * sizeof *plan->entries;
    if (entries_size >= size - sizeof *header || ((const char *)header)[size - 1] != '\0')
        return false;
    plan->entries = (const struct hook_plan_entry *)(header + 1);
    plan->texts = (const char *)(plan->entries + header->count);
    plan->texts_size = (uint32_t)(size - sizeof *header - entries_size);
    return are_entries_right(plan);
}

static bool map_plan(long fd, struct plan *plan)
{
    struct stat status;
    if (kernel_failed(KERNEL_CALL2(SYS_fstat, fd, &status)) || status.st_uid != owner)
        return false;
    uint64_t size = (uint64_t)status.st_size;
    if (size < sizeof *plan->header || size > UINT32_MAX)
        return false;
    long memory = pool_map_file(fd, size);
    if (kernel_failed(memory))
        return false;
    plan->header = (const struct hook_plan_header *)memory;
    if (check(plan, size))
        return true;
    pool_unmap_file((const void *)memory, size);
    return false;
}

enum finding { FOUND, BROKEN, NOT_THERE };

static enum finding plan_find(const struct hook_plan_request *request, struct plan *plan)
{
    char name[NAME_SIZE];
    struct stat status;
    write_name(name, request);
    /* It may be a link. Only the link's owner (the directory is sticky) or the tool can replace it.
     */
    if (kernel_failed(arch_lstat(name, &status)) || status.st_uid != owner)
        return NOT_THERE;
    long fd = arch_open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0);
    if (kernel_failed(fd))
        return NOT_THERE;
    bool is_right = map_plan(fd, plan);
    KERNEL_CALL1(SYS_close, fd);
    return is_right ? FOUND : BROKEN;
}

/* Writes the socket's path. If that is too long, it begins with an open directory, which is
 * returned, and which the caller closes; else returns -1. */
static long name_socket(struct sockaddr_un *address)
{
    char *path = address->sun_path;
    const char *limit = path + sizeof address->sun_path - 1;
    if (text_length(session) + sizeof "/" SESSION_PLAN_SOCKET <= sizeof address->sun_path) {
        text_append(append_directory(path, limit), limit, SESSION_PLAN_SOCKET);
        return -1;
    }
    long directory = arch_open(session, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
    if (kernel_failed(directory))
        return -1;
    char *end = text_append(path, limit, "/proc/self/fd/");
    end = text_append_number(end, limit, (uint64_t)directory, 10);
    text_append(end, limit, "/" SESSION_PLAN_SOCKET);
    return directory;
}

/* Connects. Sets how long to wait for that, and the time after which wait_for_answer checks again
 * whether the tool still runs. */
static bool connect_to_tool(long fd)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct timeval patience = {.tv_sec = PATIENCE_SECONDS}, a_second = {.tv_sec = 1};
    KERNEL_CALL6(SYS_setsockopt, fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience, 0);
    KERNEL_CALL6(SYS_setsockopt, fd, SOL_SOCKET, SO_RCVTIMEO, &a_second, sizeof a_second, 0);
    long directory = name_socket(&address);
    bool is_connected = !kernel_failed(KERNEL_CALL3(SYS_connect, fd, &address, sizeof address));
    if (directory >= 0)
        KERNEL_CALL1(SYS_close, directory);
    return is_connected;
}

/* Whether the process exists and is not stopped (proc(5), the third field of stat). */
static bool plan_is_at_work(int32_t pid)
{
    char text[64]; /* the number, and a name of 15 bytes in parentheses */
    const char *limit = text + sizeof text - 1;
    char *end = text_append(text, limit, "/proc/");
    text_append(text_append_number(end, limit, (uint64_t)pid, 10), limit, "/stat");
    long fd = arch_open(text, O_RDONLY | O_CLOEXEC, 0);
    if (kernel_failed(fd))
        return false;
    long length = KERNEL_CALL3(SYS_read, fd, text, sizeof text);
    KERNEL_CALL1(SYS_close, fd);
    while (length > 3 && text[length - 3] != ')')
        length--;
    return length > 3 && text[length - 1] != 'T' && text[length - 1] != 't';
}

/* The tool's answer to the request. -1: the tool is gone or stopped, or takes too long. */
static int wait_for_answer(long fd)
{
    struct ucred tool = {0};
    uint32_t size = sizeof tool;
    KERNEL_CALL6(SYS_getsockopt, fd, SOL_SOCKET, SO_PEERCRED, &tool, &size, 0);
    for (unsigned second = 0; second < PATIENCE_SECONDS; second++) {
        uint8_t answer = 0;
        long received = KERNEL_CALL6(SYS_recvfrom, fd, &answer, 1, 0, NULL, NULL);
        if (received == 1)
            return answer;
        if ((received != -EAGAIN && received != -EINTR) || !plan_is_at_work(tool.pid))
            return -1;
    }
    return -1;
}

/* Returns whether there was an answer, and the answer in *is_there. */
static bool converse(long fd, const struct plan_wanted *wanted, bool *is_there)
{
    uint64_t size = offsetof(struct hook_plan_request, path) + wanted->path_length + 1;
    if (!connect_to_tool(fd))
        return false;
    long sent = KERNEL_CALL6(SYS_sendto, fd, &wanted->request, size, MSG_NOSIGNAL, NULL, 0);
    if (sent != (long)size)
        return false;
    int answer = wait_for_answer(fd);
    *is_there = answer == 1;
    return answer >= 0;
}

static bool ask(struct plan_wanted *wanted)
{
    struct hook_plan_request *request = &wanted->request;
    bool is_there = false;
    if (!is_answered || !plan_is_offered())
        return false;
    if (wanted->path_length == 0)
        wanted->path_length = modules_program_path(request->path, sizeof request->path);
    long fd = KERNEL_CALL3(SYS_socket, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (kernel_failed(fd))
        return false;
    is_answered = converse(fd, wanted, &is_there);
    KERNEL_CALL1(SYS_close, fd);
    return is_there;
}

bool plan_open(struct plan_wanted *wanted, struct plan *plan)
{
    if (kernel_is_forbidden)
        return false;
    enum finding finding = plan_find(&wanted->request, plan);
    if (finding == NOT_THERE && ask(wanted))
        finding = plan_find(&wanted->request, plan);
    return finding == FOUND;
}

void plan_close(struct plan *plan)
{
    pool_unmap_file(plan->header, plan->header->size);
    plan->header = NULL;
}
