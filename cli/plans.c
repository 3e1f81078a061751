/*
 * plans.c - how the leaves of each file are hooked at their entry.
 */
#include "plans.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "displace.h"
#include "elf_frame.h"
#include "functions.h"
#include "hook_plan.h"
#include "leaves.h"

#define PATH_SIZE    512
#define PATIENCE_MS  2000 /* a process that connects but says nothing is not waited for longer */
#define CLIENTS_MAX  64
#define FIRST_CLIENT 2

struct plans {
    const char *directory;
    const struct leaves *leaves;
    enum plan_policy policy;
    struct plan_file **files;
    size_t file_count;
    int listener, stop; /* -1: it is not served */
    pthread_t server;
};

/* A plan while it is made: hook_plan.h has the layout. */
struct draft {
    struct hook_plan_entry *entries;
    size_t count;
    char *texts;
    size_t texts_size;
};

/* Adds a text, which begins at this offset among the texts. Returns 0 or -ENOMEM. */
static int add_text(struct draft *draft, const char *text, uint32_t *offset)
{
    size_t size = strlen(text) + 1;
    char *texts = realloc(draft->texts, draft->texts_size + size);
    if (texts == NULL)
        return -ENOMEM;
    memcpy(texts + draft->texts_size, text, size);
    *offset = (uint32_t)draft->texts_size;
    draft->texts = texts;
    draft->texts_size += size;
    return 0;
}

/* Where the texts are is known when all entries are there: offsets count from the first text. */
static int add_entry(
    struct draft *draft, const struct hook_plan_entry *entry, const struct function *function)
{
    struct hook_plan_entry *added = &draft->entries[draft->count];
    *added = *entry;
    added->flags = function->flags;
    int error = add_text(draft, function->shown, &added->leaf);
    if (error == 0)
        error = add_text(draft, function->symbol, &added->symbol);
    draft->count += error == 0;
    return error;
}

static int write_all(int fd, const void *bytes, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t written = write(fd, (const char *)bytes + done, size - done);
        if (written < 0 && errno != EINTR)
            return -errno;
        done += written > 0 ? (size_t)written : 0;
    }
    return 0;
}

static int write_draft(const struct draft *draft, int fd)
{
    uint32_t texts_at = (uint32_t)(sizeof(struct hook_plan_header) +
                                   draft->count * sizeof *draft->entries);
    struct hook_plan_header header = {
        .magic = HOOK_PLAN_MAGIC,
        .version = HOOK_PLAN_VERSION,
        .count = (uint32_t)draft->count,
        .size = texts_at + (uint32_t)draft->texts_size,
    };
    for (size_t i = 0; i < draft->count; i++) {
        draft->entries[i].leaf += texts_at;
        draft->entries[i].symbol += texts_at;
    }
    int error = write_all(fd, &header, sizeof header);
    if (error == 0)
        error = write_all(fd, draft->entries, draft->count * sizeof *draft->entries);
    return error ? error : write_all(fd, draft->texts, draft->texts_size);
}

/* Writes the plan under the name of its own; it has that when it is complete. */
static int save(const struct draft *draft, const char *directory, const char *name)
{
    char path[PATH_SIZE], unfinished[PATH_SIZE];
    if (snprintf(path, sizeof path, "%s/%s", directory, name) >= (int)sizeof path ||
        snprintf(unfinished, sizeof unfinished, "%s/%s.new", directory, name) >=
            (int)sizeof unfinished)
        return -ENAMETOOLONG;
    int fd = open(unfinished, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return -errno;
    int error = write_draft(draft, fd);
    if (close(fd) != 0 && error == 0)
        error = -errno;
    if (error == 0 && rename(unfinished, path) != 0)
        error = -errno;
    if (error)
        unlink(unfinished);
    return error;
}

static void drop(struct draft *draft)
{
    free(draft->entries);
    free(draft->texts);
}

/* All of the segment with the code. */
static struct displace_bytes bytes_around(const struct elf_image *image, uint64_t address)
{
    const Elf64_Phdr *code = elf_image_code(image, address);
    if (code == NULL)
        return (struct displace_bytes){0};
    struct elf_bytes bytes = elf_image_at(image, code->p_vaddr);
    return (struct displace_bytes){bytes.bytes, code->p_vaddr, bytes.size};
}

/* The segment of constants, where the tables of switch statements are. */
static struct displace_bytes constants(const struct elf_image *image)
{
    for (size_t i = image->segment_count; i-- > 0;) {
        const Elf64_Phdr *segment = &image->segments[i];
        if (segment->p_type != PT_LOAD || segment->p_flags != PF_R)
            continue;
        struct elf_bytes bytes = elf_image_at(image, segment->p_vaddr);
        return (struct displace_bytes){bytes.bytes, segment->p_vaddr, bytes.size};
    }
    return (struct displace_bytes){0};
}

/* Decides about one function; *why as displace has it. Returns whether it can be hooked. */
static bool plan_entry(const struct functions *found, const struct displace_function *function,
    struct hook_plan_entry *entry, const char **why)
{
    struct displace_bytes text = bytes_around(&found->tables.image, function->address);
    struct displace_bytes tables = constants(&found->tables.image);
    return displace(&text, tables.bytes ? &tables : NULL, function, entry, why) == 0;
}

/* An IFUNC's resolver is named in the plan, and not hooked. */
static bool plan_function(const struct functions *found, const struct function *function,
    struct hook_plan_entry *entry, const char **why)
{
    if (function->is_ifunc) {
        *entry = (struct hook_plan_entry){.address = function->address, .is_resolver = 1};
        return true;
    }
    const struct displace_function wanted = {
        .address = function->address,
        .size = function->size,
        .entries = found->entries,
        .entry_count = found->entry_count,
        .parts = function->parts,
        .part_count = function->part_count,
    };
    return plan_entry(found, &wanted, entry, why);
}

static bool is_exported(const struct elf_image *image, const struct function *function)
{
    size_t index = elf_symbols_look_up(&image->dynamic, &image->hash, function->symbol, 0);
    return index != 0 && image->dynamic.list[index].st_shndx != SHN_UNDEF;
}

static const char *policy_refusal(enum plan_policy policy)
{
    return policy == PLAN_LINKER_ONLY ? "--hook=plt rules it out" : NULL;
}

static int note_leaves(struct plan_function *planned, const struct function *function)
{
    planned->leaves = calloc(function->match_count, sizeof *planned->leaves);
    if (planned->leaves == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < function->match_count; i++)
        if (i == 0 || function->matches[i].leaf != function->matches[i - 1].leaf)
            planned->leaves[planned->leaf_count++] = function->matches[i].leaf;
    return 0;
}

/* Plans come in the order of addresses, in which functions are found. */
static int plan_all(const struct plans *plans, const struct functions *found, struct draft *draft,
    struct plan_file *file)
{
    int error = 0;
    draft->entries = calloc(found->count + 1, sizeof *draft->entries);
    file->list = calloc(found->count + 1, sizeof *file->list);
    if (draft->entries == NULL || file->list == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < found->count && error == 0; i++) {
        const struct function *function = &found->list[i];
        struct plan_function *planned = &file->list[file->count];
        struct hook_plan_entry entry;
        *planned = (struct plan_function){.symbol = strdup(function->symbol),
            .shown = strdup(function->shown),
            .leaf = function->leaf,
            .flags = function->flags,
            .address = function->address,
            .why = policy_refusal(plans->policy),
            .is_exported = plans->policy != PLAN_ENTRY_ONLY &&
                           is_exported(&found->tables.image, function),
            .is_ifunc = function->is_ifunc};
        file->count++;
        error = planned->symbol && planned->shown ? note_leaves(planned, function) : -ENOMEM;
        if (error != 0)
            return error;
        if (planned->why == NULL && plan_function(found, function, &entry, &planned->why))
            error = add_entry(draft, &entry, function);
    }
    return error;
}

static void file_destroy(struct plan_file *file)
{
    if (file == NULL)
        return;
    for (size_t i = 0; i < file->count; i++) {
        free((char *)file->list[i].symbol);
        free((char *)file->list[i].shown);
        free(file->list[i].leaves);
    }
    free(file->list);
    free(file->path);
    free(file);
}

static struct plan_file *find_file(const struct plans *plans, uint64_t dev, uint64_t ino)
{
    for (size_t i = 0; i < plans->file_count; i++)
        if (plans->files[i]->dev == dev && plans->files[i]->ino == ino)
            return plans->files[i];
    return NULL;
}

/* A file in which there is nothing to do has a plan that says so. */
static int make_plan(const struct plans *plans, struct plan_file *file)
{
    struct functions found;
    struct draft draft = {0};
    char name[64];
    int error = functions_find(&found, file->path, plans->leaves);
    if (error != 0 && error != -ENOEXEC)
        return error;
    if (error == 0) {
        error = plan_all(plans, &found, &draft, file);
        functions_finish(&found);
    } else {
        error = 0;
    }
    snprintf(name, sizeof name, "%lx-%lx.plan", file->dev, file->ino);
    if (error == 0 && plans->policy != PLAN_LINKER_ONLY)
        error = save(&draft, plans->directory, name);
    drop(&draft);
    return error;
}

static int remember(struct plans *plans, struct plan_file *file)
{
    struct plan_file **files = reallocarray(
        plans->files, plans->file_count + 1, sizeof(struct plan_file *));
    if (files == NULL)
        return -ENOMEM;
    plans->files = files;
    files[plans->file_count++] = file;
    return 0;
}

int plans_add(struct plans *plans, const char *path, bool is_program)
{
    struct stat status;
    if (stat(path, &status) != 0)
        return -errno;
    if (find_file(plans, status.st_dev, status.st_ino))
        return 0;
    struct plan_file *file = calloc(1, sizeof *file);
    if (file == NULL)
        return -ENOMEM;
    file->dev = status.st_dev;
    file->ino = status.st_ino;
    file->is_program = is_program;
    file->path = strdup(path);
    int error = file->path ? make_plan(plans, file) : -ENOMEM;
    if (error == 0)
        error = remember(plans, file);
    if (error != 0)
        file_destroy(file);
    return error;
}

/* ---- for the processes of the run ---- */

/* The function of the file for which this resolver stands, or NULL. */
static const struct function *find_resolver(const struct functions *found, uint64_t resolver)
{
    for (size_t i = 0; i < found->count; i++)
        if (found->list[i].is_ifunc && found->list[i].address == resolver)
            return &found->list[i];
    return NULL;
}

/* What an IFUNC stands for is mostly a function without a name. */
static int plan_resolved(const struct plans *plans, const struct hook_plan_request *request,
    const struct functions *found)
{
    const struct function *function = find_resolver(found, request->resolver);
    uint64_t end = elf_frame_end(&found->tables.image, request->address);
    struct hook_plan_entry entry;
    struct draft draft = {.entries = calloc(1, sizeof *draft.entries)};
    const char *why;
    char name[96];
    int error = draft.entries ? -ENOENT : -ENOMEM;
    const struct displace_function wanted = {
        .address = request->address,
        .size = end > request->address ? end - request->address : 0,
    };
    if (error == -ENOENT && function && plan_entry(found, &wanted, &entry, &why))
        error = add_entry(&draft, &entry, function);
    snprintf(name, sizeof name, "%lx-%lx-%lx.plan", request->dev, request->ino, request->address);
    if (error == 0)
        error = save(&draft, plans->directory, name);
    drop(&draft);
    return error;
}

/* Whether the plan that is asked for is there now. */
static bool answer(struct plans *plans, const struct hook_plan_request *request)
{
    struct functions found;
    struct stat status;
    if (stat(request->path, &status) != 0 || status.st_dev != request->dev ||
        status.st_ino != request->ino)
        return false;
    if (request->address == 0)
        return plans_add(plans, request->path, false) == 0;
    if (functions_find(&found, request->path, plans->leaves) != 0)
        return false;
    int error = plan_resolved(plans, request, &found);
    functions_finish(&found);
    return error == 0;
}

/* Those who have connected and not been answered. */
struct clients {
    struct pollfd polled[FIRST_CLIENT + CLIENTS_MAX]; /* stop, listener, then theirs */
    uint64_t since_ms[FIRST_CLIENT + CLIENTS_MAX];
    size_t count; /* of polled */
};

static uint64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* One who has asked, or gone away. */
static void serve_one(struct plans *plans, int connection)
{
    struct hook_plan_request request;
    ssize_t size = recv(connection, &request, sizeof request, MSG_DONTWAIT);
    const ssize_t head = offsetof(struct hook_plan_request, path);
    char there = 0;
    if (size > head && memchr(request.path, '\0', (size_t)(size - head)))
        there = answer(plans, &request);
    send(connection, &there, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void serve_clients(struct plans *plans, struct clients *clients)
{
    size_t kept = FIRST_CLIENT;
    for (size_t i = FIRST_CLIENT; i < clients->count; i++) {
        struct pollfd *client = &clients->polled[i];
        if (client->revents)
            serve_one(plans, client->fd);
        if (client->revents || now_ms() - clients->since_ms[i] >= PATIENCE_MS) {
            close(client->fd);
            continue;
        }
        clients->polled[kept] = *client;
        clients->since_ms[kept++] = clients->since_ms[i];
    }
    clients->count = kept;
}

static void accept_client(const struct plans *plans, struct clients *clients)
{
    int connection = accept4(plans->listener, NULL, NULL, SOCK_CLOEXEC);
    if (connection < 0)
        return;
    clients->since_ms[clients->count] = now_ms();
    clients->polled[clients->count++] = (struct pollfd){connection, POLLIN, 0};
}

/* Waits for all at once, so that one who says nothing holds nobody up. Where there are too many,
 * the next ones wait until one has been answered or dropped. */
static bool wait_for(struct clients *clients)
{
    bool is_alone = clients->count == FIRST_CLIENT;
    clients->polled[1].events = clients->count < FIRST_CLIENT + CLIENTS_MAX ? POLLIN : 0;
    while (poll(clients->polled, clients->count, is_alone ? -1 : PATIENCE_MS) < 0)
        if (errno != EINTR)
            return false;
    return clients->polled[0].revents == 0;
}

static void *serve(void *argument)
{
    struct plans *plans = argument;
    struct clients clients = {
        {{plans->stop, POLLIN, 0}, {plans->listener, POLLIN, 0}}, {0}, FIRST_CLIENT};
    while (wait_for(&clients)) {
        serve_clients(plans, &clients);
        if (clients.polled[1].revents)
            accept_client(plans, &clients);
    }
    for (size_t i = FIRST_CLIENT; i < clients.count; i++)
        close(clients.polled[i].fd);
    return NULL;
}

static int open_socket(const char *directory)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int length = snprintf(
        address.sun_path, sizeof address.sun_path, "%s/" HOOK_PLAN_SOCKET, directory);
    if (length >= (int)sizeof address.sun_path)
        return -ENAMETOOLONG;
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    if (bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && listen(fd, SOMAXCONN) == 0)
        return fd;
    int error = -errno;
    close(fd);
    return error;
}

static void close_all(struct plans *plans)
{
    if (plans->listener >= 0)
        close(plans->listener);
    if (plans->stop >= 0)
        close(plans->stop);
    plans->listener = plans->stop = -1;
}

/* The thread inherits the signals that this one blocks: all, during a run. */
int plans_serve(struct plans *plans)
{
    if (plans->policy == PLAN_LINKER_ONLY)
        return 0;
    plans->listener = open_socket(plans->directory);
    if (plans->listener < 0)
        return plans->listener;
    plans->stop = eventfd(0, EFD_CLOEXEC);
    int error = plans->stop < 0 ? -errno : -pthread_create(&plans->server, NULL, serve, plans);
    if (error != 0)
        close_all(plans);
    return error;
}

void plans_stop(struct plans *plans)
{
    if (plans->stop < 0)
        return;
    eventfd_write(plans->stop, 1);
    pthread_join(plans->server, NULL);
    close_all(plans);
}

/* ---- the whole ---- */

int plans_create(struct plans **plans, const char *directory, const struct leaves *leaves,
    enum plan_policy policy)
{
    struct plans *created = malloc(sizeof *created);
    if (created == NULL)
        return -ENOMEM;
    *created = (struct plans){
        .directory = directory, .leaves = leaves, .policy = policy, .listener = -1, .stop = -1};
    *plans = created;
    return 0;
}

void plans_destroy(struct plans *plans)
{
    if (plans == NULL)
        return;
    plans_stop(plans);
    for (size_t i = 0; i < plans->file_count; i++)
        file_destroy(plans->files[i]);
    free(plans->files);
    free(plans);
}

enum plan_policy plans_policy(const struct plans *plans)
{
    return plans->policy;
}

const struct plan_file *plans_file(const struct plans *plans, size_t index)
{
    return index < plans->file_count ? plans->files[index] : NULL;
}

const struct plan_file *plans_find(const struct plans *plans, const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 ? find_file(plans, status.st_dev, status.st_ino) : NULL;
}

enum plan_hook plan_function_hook(
    const struct plan_file *file, const struct plan_function *function)
{
    if (function->why == NULL)
        return PLAN_AT_ENTRY;
    return function->is_exported && !file->is_program ? PLAN_BY_LINKER : PLAN_NOT_HOOKED;
}

const struct plan_function *plan_file_find(const struct plan_file *file, uint64_t address)
{
    size_t low = 0, high = file->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (file->list[middle].address == address)
            return &file->list[middle];
        if (file->list[middle].address < address)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}
