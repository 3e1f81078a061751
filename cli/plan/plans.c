/*
 * plans.c - how the leaves of each file are hooked at their entry.
 */
#include "plan/plans.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/array.h"
#include "base/stack.h"
#include "hook_plan.h"
#include "plan/cache.h"
#include "plan/planner.h"
#include "plan/share.h"
#include "session/notes.h"
#include "session_names.h"

#define PATIENCE_MS  2000 /* how long a process that connects may take to send its request */
#define CLIENTS_MAX  64
#define LATE_MAX     64 /* rounds in which requests are answered that were sent before the end */
#define FIRST_CLIENT 2

struct plans {
    struct planner planner;
    struct plan_cache cache;
    struct plan_file **files;
    size_t file_count, file_room;
    int listener; /* -1: processes cannot ask */
    int stop;     /* -1: requests are not answered */
    pthread_t server;
};

static void file_destroy(struct plan_file *file)
{
    if (file == NULL)
        return;
    plan_file_clear(file);
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

static int load_list(const struct plans *plans, struct plan_file *file, const char *name)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/%s", plans->planner.directory, name) >= (int)sizeof path)
        return -ENAMETOOLONG;
    return plan_file_load(file, path);
}

static int plans_make_plan(struct plans *plans, struct plan_file *file)
{
    struct hook_plan_request request = {.dev = file->dev, .ino = file->ino};
    char list[PLAN_NAME_SIZE];
    if (strlen(file->path) >= sizeof request.path)
        return -ENAMETOOLONG;
    strcpy(request.path, file->path);
    plan_file_name(list, &request, PLAN_LIST_SUFFIX);
    int error = planner_ask(&plans->planner, &request);
    return error ? error : load_list(plans, file, list);
}

static int find_plan(struct plans *plans, struct plan_file *file)
{
    const char *session = plans->planner.directory;
    if (plan_cache_load(&plans->cache, file, session))
        return 0;
    int error = plans_make_plan(plans, file);
    if (error == 0)
        plan_cache_store(&plans->cache, file, session);
    return error;
}

static int remember(struct plans *plans, struct plan_file *file)
{
    if (array_reserve(&plans->files, plans->file_count, 1, &plans->file_room,
            sizeof(struct plan_file *)) != 0)
        return -ENOMEM;
    plans->files[plans->file_count++] = file;
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
    file->identity = plan_cache_identity(&status);
    file->is_program = is_program;
    file->path = strdup(path);
    int error = file->path ? find_plan(plans, file) : -ENOMEM;
    if (error == 0)
        error = remember(plans, file);
    if (error != 0)
        file_destroy(file);
    return error;
}

/* ---- for the processes of the run ---- */

/* A plan in the session can be a link into the cache. Any run that finds the cache too large
 * empties it; then the link leads nowhere. */
static bool is_plan_there(const struct plans *plans, const struct hook_plan_request *request)
{
    char name[PLAN_NAME_SIZE], path[PATH_MAX];
    plan_file_name(name, request, SESSION_PLAN_SUFFIX);
    int length = snprintf(path, sizeof path, "%s/%s", plans->planner.directory, name);
    if (length >= (int)sizeof path || access(path, F_OK) == 0)
        return length < (int)sizeof path;
    unlink(path);
    return false;
}

static bool plan_file(struct plans *plans, const struct hook_plan_request *request)
{
    size_t count = plans->file_count;
    if (plans_add(plans, request->path, false) != 0)
        return false;
    if (plans->file_count > count) {
        plans->files[count]->is_late = true;
        notes_add_library(plans->planner.directory, request->path);
    }
    return is_plan_there(plans, request) || planner_ask(&plans->planner, request) == 0;
}

/* Returns whether the plan that this user asks for exists now and the user can read it. */
static bool answer(struct plans *plans, const struct hook_plan_request *request, uid_t user)
{
    char name[PLAN_NAME_SIZE];
    struct stat status;
    if (stat(request->path, &status) != 0 || status.st_dev != request->dev ||
        status.st_ino != request->ino || !plan_share_may_read(user, &status))
        return false;
    bool is_there = request->address ? planner_ask(&plans->planner, request) == 0
                                     : plan_file(plans, request);
    if (!is_there || user == geteuid())
        return is_there;
    plan_file_name(name, request, SESSION_PLAN_SUFFIX);
    return plan_share(plans->planner.directory, name) == 0;
}

/* Processes that have connected and have no answer yet. */
struct clients {
    struct pollfd polled[FIRST_CLIENT + CLIENTS_MAX]; /* stop, listener, then their connections */
    uint64_t since_ms[FIRST_CLIENT + CLIENTS_MAX];
    size_t count; /* of elements in polled */
    size_t late;  /* rounds since the server was told to stop */
};

static uint64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Answers a process that has sent a request or closed the connection. */
static void serve_one(struct plans *plans, int connection)
{
    struct hook_plan_request request;
    ssize_t size = recv(connection, &request, sizeof request, MSG_DONTWAIT);
    const ssize_t head = offsetof(struct hook_plan_request, path);
    char there = 0;
    if (size > head && memchr(request.path, '\0', (size_t)(size - head)))
        there = answer(plans, &request, plan_share_peer(connection));
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

/* Waits for all clients at once, so that a silent one delays nobody. If there are too many, new
 * ones wait until one has been answered or dropped. Returns false if the server must stop and there
 * is no request. */
static bool wait_for(struct clients *clients)
{
    bool is_alone = clients->count == FIRST_CLIENT;
    int ready;
    clients->polled[1].events = clients->count < FIRST_CLIENT + CLIENTS_MAX ? POLLIN : 0;
    while ((ready = poll(clients->polled, clients->count, is_alone ? -1 : PATIENCE_MS)) < 0)
        if (errno != EINTR)
            return false;
    return clients->polled[0].revents == 0 || (ready > 1 && clients->late++ < LATE_MAX);
}

static void *plans_serve_clients(void *argument)
{
    struct plans *plans = argument;
    struct clients clients = {
        {{plans->stop, POLLIN, 0}, {plans->listener, POLLIN, 0}}, {0}, FIRST_CLIENT, 0};
    while (wait_for(&clients)) {
        serve_clients(plans, &clients);
        if (clients.polled[1].revents)
            accept_client(plans, &clients);
    }
    for (size_t i = FIRST_CLIENT; i < clients.count; i++)
        close(clients.polled[i].fd);
    return NULL;
}

/* Everybody can see a socket's name as it was passed to bind (/proc/net/unix), and the directory's
 * name may be the secret that gives access. So the name passed here does not contain it. The
 * directory's permissions decide who may connect. */
static int bind_in(int fd, const char *directory)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char path[PATH_MAX];
    int place = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (place < 0)
        return -errno;
    snprintf(
        address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/" SESSION_PLAN_SOCKET, place);
    snprintf(path, sizeof path, "%s/" SESSION_PLAN_SOCKET, directory);
    int error = bind(fd, (struct sockaddr *)&address, sizeof address) != 0 ? -errno : 0;
    if (error == 0 && (chmod(path, 0666) != 0 || listen(fd, SOMAXCONN) != 0))
        error = -errno;
    close(place);
    return error;
}

static int open_socket(const char *directory)
{
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    int error = bind_in(fd, directory);
    if (error == 0)
        return fd;
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

int plans_listen(struct plans *plans)
{
    if (plans->planner.policy == PLAN_LINKER_ONLY)
        return 0;
    int listener = open_socket(plans->planner.directory);
    if (listener < 0)
        return listener;
    plans->listener = listener;
    return 0;
}

int plans_descriptor(const struct plans *plans)
{
    return plans->listener;
}

/* The thread inherits the blocked signals: all signals are for the other threads. */
static int start_server(struct plans *plans)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = stack_thread(&plans->server, plans_serve_clients, plans);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}

static bool is_asked(const struct plans *plans)
{
    struct pollfd listener = {plans->listener, POLLIN, 0};
    return poll(&listener, 1, 0) > 0;
}

int plans_serve(struct plans *plans)
{
    if (plans->listener < 0 || plans->stop >= 0)
        return 0;
    plans->stop = eventfd(0, EFD_CLOEXEC);
    int error = plans->stop < 0 ? -errno : start_server(plans);
    if (error != 0)
        close_all(plans);
    return error;
}

void plans_stop(struct plans *plans)
{
    if (is_asked(plans))
        plans_serve(plans);
    if (plans->stop >= 0) {
        eventfd_write(plans->stop, 1);
        pthread_join(plans->server, NULL);
    }
    close_all(plans);
    planner_stop(&plans->planner);
}

/* ---- the whole ---- */

int plans_create(struct plans **plans, const char *planner, const char *directory,
    const struct leaves *leaves, enum plan_policy policy)
{
    struct plans *created = malloc(sizeof *created);
    if (created == NULL)
        return -ENOMEM;
    *created = (struct plans){
        .planner = {planner, directory, leaves, policy, -1, 0}, .listener = -1, .stop = -1};
    plan_cache_open(&created->cache, leaves, policy, planner);
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
    plan_cache_close(&plans->cache);
    free(plans->files);
    free(plans);
}

enum plan_policy plans_policy(const struct plans *plans)
{
    return plans->planner.policy;
}

const struct plan_file *plans_file(const struct plans *plans, size_t index)
{
    return index < plans->file_count ? plans->files[index] : NULL;
}

bool plans_load_interposer(const struct plans *plans, const char *path)
{
    return plan_cache_load_interposer(&plans->cache, plans->files, plans->file_count, path);
}

void plans_store_interposer(const struct plans *plans, const char *path)
{
    plan_cache_store_interposer(&plans->cache, plans->files, plans->file_count, path);
}

const struct plan_file *plans_find(const struct plans *plans, const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 ? find_file(plans, status.st_dev, status.st_ino) : NULL;
}
