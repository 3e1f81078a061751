/*
 * pager.c - a report that is longer than the terminal goes through the user's pager.
 */
#include "launch/pager.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

struct pager {
    FILE *terminal;
    const char *command;
    size_t rows, lines; /* of the screen; of the report so far */
    FILE *held;         /* what was printed before the pager started */
    char *text;         /* the same; malloc'ed */
    size_t size;
    pid_t pid;
    FILE *pipe; /* to the pager; NULL: it has not started */
    bool has_failed;
};

/* ---- which one ---- */

static bool is_executable(const char *directory, size_t length, const char *name)
{
    char *path = NULL;
    if (asprintf(&path, "%.*s/%s", (int)length, directory, name) < 0)
        return false;
    bool is_there = access(path, X_OK) == 0;
    free(path);
    return is_there;
}

static bool is_in_path(const char *name)
{
    const char *path = getenv("PATH");
    while (path && *path) {
        size_t length = strcspn(path, ":");
        if (is_executable(path, length, name))
            return true;
        path += length + (path[length] == ':');
    }
    return false;
}

/* Returns whether the first word of the command can be executed. */
static bool can_be_executed(const char *command)
{
    char *name = strndup(command, strcspn(command, " \t"));
    bool is_there = name && (strchr(name, '/') ? access(name, X_OK) == 0 : is_in_path(name));
    free(name);
    return is_there;
}

/* Returns the command, or NULL if the user wants none, or has none. */
static const char *choose_pager(void)
{
    const char *command = getenv("PAGER"), *terminal = getenv("TERM");
    if (command == NULL)
        command = "less";
    bool is_off = *command == '\0' || strcmp(command, "cat") == 0 || terminal == NULL ||
                  strcmp(terminal, "dumb") == 0;
    return !is_off && can_be_executed(command) ? command : NULL;
}

/* ---- the pager's process ---- */

static int spawn_with(struct pager *pager, int input, int unused, char **environment)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t defaults;
    char *const words[] = {"sh", "-c", (char *)pager->command, NULL};
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    sigaddset(&defaults, SIGINT);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, fileno(pager->terminal), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    posix_spawn_file_actions_addclose(&actions, unused);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    int error = posix_spawn(&pager->pid, "/bin/sh", &actions, &attributes, words, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

/* Starts the pager, and gives it what was printed so far. Returns false if it cannot be started. */
static bool start(struct pager *pager)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
    setenv("LESS", "FRX", 0); /* as git does: quit if it fits, colours, leave the text there */
    setenv("LV", "-c", 0);
    fflush(pager->terminal);
    int error = spawn_with(pager, ends[0], ends[1], environ);
    close(ends[0]);
    pager->pipe = error ? NULL : fdopen(ends[1], "w");
    if (pager->pipe == NULL) {
        close(ends[1]);
        return false;
    }
    signal(SIGPIPE, SIG_IGN); /* the user may leave it before the end */
    signal(SIGINT, SIG_IGN);  /* Ctrl-C is the pager's */
    fwrite(pager->text, 1, pager->size, pager->pipe);
    return true;
}

/* ---- the stream ---- */

static void count_lines_in(struct pager *pager, const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        pager->lines += text[i] == '\n';
}

static ssize_t pager_write(void *cookie, const char *text, size_t size)
{
    struct pager *pager = cookie;
    if (pager->pipe) {
        fwrite(text, 1, size, pager->pipe); /* who leaves early has seen what he wanted */
        return (ssize_t)size;
    }
    count_lines_in(pager, text, size);
    fwrite(text, 1, size, pager->held);
    if (fflush(pager->held) != 0)
        return 0;
    if (pager->lines < pager->rows || pager->has_failed)
        return (ssize_t)size;
    pager->has_failed = !start(pager);
    return (ssize_t)size;
}

/* Returns 0, or EOF with errno. */
static int end_pager(struct pager *pager)
{
    if (pager->pipe == NULL)
        return fwrite(pager->text, 1, pager->size, pager->terminal) == pager->size &&
                       fflush(pager->terminal) == 0
                   ? 0
                   : EOF;
    fclose(pager->pipe);
    while (waitpid(pager->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    return 0;
}

static int pager_close(void *cookie)
{
    struct pager *pager = cookie;
    fclose(pager->held);
    int result = end_pager(pager);
    int error = errno;
    free(pager->text);
    free(pager);
    errno = error;
    return result;
}

FILE *pager_open(FILE *terminal)
{
    struct winsize size;
    if (!isatty(fileno(terminal)) || ioctl(fileno(terminal), TIOCGWINSZ, &size) != 0 ||
        size.ws_row == 0)
        return NULL;
    struct pager *pager = calloc(1, sizeof *pager);
    if (pager == NULL)
        return NULL;
    *pager = (struct pager){.terminal = terminal, .command = choose_pager(), .rows = size.ws_row};
    pager->held = pager->command ? open_memstream(&pager->text, &pager->size) : NULL;
    FILE *out = pager->held
                    ? fopencookie(pager, "w",
                          (cookie_io_functions_t){.write = pager_write, .close = pager_close})
                    : NULL;
    if (out == NULL) {
        if (pager->held)
            fclose(pager->held);
        free(pager->text);
        free(pager);
    }
    return out;
}
