/*
 * list_runs.c - the runs that are kept, and those that have left a session.
 */
#include "commands/list_runs.h"

#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/message.h"
#include "options/options.h"
#include "names/fit.h"
#include "report/printer.h"
#include "saved/kept.h"
#include "saved/saved.h"
#include "session/notes.h"
#include "session/processes.h"
#include "session/session.h"

/* ---- kept runs ---- */

#define CELL 32

/* The cells of a line, except for the command. */
struct line {
    char begun[CELL], ran[CELL], exit[CELL], hits[CELL], size[CELL];
};

static void write_begun(char cell[CELL], const struct saved_run *run)
{
    time_t seconds = (time_t)(run->begun_ns / 1000000000);
    struct tm local;
    bool is_known = run->begun_ns && localtime_r(&seconds, &local);
    if (!is_known || strftime(cell, CELL, "%Y-%m-%d %H:%M:%S", &local) == 0)
        snprintf(cell, CELL, "?");
}

static void write_ran(char cell[CELL], const struct saved_run *run)
{
    FILE *out = run->has_duration ? fmemopen(cell, CELL, "w") : NULL;
    snprintf(cell, CELL, "?");
    if (out == NULL)
        return;
    print_duration(&(struct printer){.out = out, .glyphs = &ascii_glyphs}, run->duration_ns);
    fclose(out);
}

static void write_exit(char cell[CELL], const struct saved_run *run)
{
    const char *name = WIFSIGNALED(run->status) ? sigabbrev_np(WTERMSIG(run->status)) : NULL;
    if (!run->has_status)
        snprintf(cell, CELL, "?");
    else if (name)
        snprintf(cell, CELL, "SIG%s", name);
    else if (WIFSIGNALED(run->status))
        snprintf(cell, CELL, "signal %d", WTERMSIG(run->status));
    else
        snprintf(cell, CELL, "%d", WEXITSTATUS(run->status));
}

static void write_size(char cell[CELL], uint64_t size)
{
    if (size < 10000)
        snprintf(cell, CELL, "%" PRIu64 " B", size);
    else if (size < 10000000)
        snprintf(cell, CELL, "%" PRIu64 " kB", size / 1000);
    else
        snprintf(cell, CELL, "%" PRIu64 " MB", size / 1000000);
}

/* Returns how many columns the command may take on a terminal; SIZE_MAX: it is no terminal. */
static size_t room_for_command(FILE *out, size_t taken)
{
    struct winsize size;
    if (!isatty(fileno(out)) || ioctl(fileno(out), TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return SIZE_MAX;
    return size.ws_col > taken + 10 ? size.ws_col - taken : 10;
}

static char *join_command(const struct saved_run *run)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    for (size_t i = 0; out && i < run->word_count; i++)
        fprintf(out, "%s%s", i ? " " : "", run->command[i]);
    return out && fclose(out) == 0 ? text : NULL;
}

static void print_command_of(FILE *out, const struct saved_run *run, size_t columns)
{
    char *command = join_command(run),
         *fitted = command ? names_fit(command, columns, "...") : NULL;
    message_write_harmless(out, fitted ? fitted : "");
    putc('\n', out);
    free(fitted);
    free(command);
}

static void print_run(FILE *out, const struct kept_run *kept, const struct saved_run *run)
{
    struct line line;
    write_begun(line.begun, run);
    write_ran(line.ran, run);
    write_exit(line.exit, run);
    snprintf(line.hits, CELL, "%" PRIu64, run->hits);
    write_size(line.size, kept->size);
    int taken = fprintf(out, "%6u  %-19s  %8s  %7s  %9s  %7s  ", kept->number, line.begun, line.ran,
        line.exit, line.hits, line.size);
    print_command_of(out, run, room_for_command(out, taken > 0 ? (size_t)taken : 0));
}

static void print_kept(FILE *out, const struct kept_run *kept)
{
    struct saved saved = {0};
    const char *why = "it cannot be opened";
    int fd = open(kept->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    int error = fd < 0 ? -1 : saved_read_run(fd, &saved, &why);
    if (fd >= 0)
        close(fd);
    if (error == 0)
        print_run(out, kept, &saved.run);
    else
        fprintf(out, "%6u  cannot be read: %s; scoped-trace report --remove %u removes it\n",
            kept->number, why, kept->number);
    saved_finish(&saved);
}

static void print_all_kept(FILE *out)
{
    struct kept_runs kept;
    if (kept_list(&kept) != 0)
        return;
    if (kept.count > 0)
        fprintf(out, "%6s  %-19s  %8s  %7s  %9s  %7s  %s\n", "run", "begun", "ran", "exit", "hits",
            "size", "command");
    for (size_t i = 0; i < kept.count; i++)
        print_kept(out, &kept.list[i]);
    kept_list_finish(&kept);
}

/* ---- sessions ---- */

static void print_command(FILE *out, const struct notes *notes)
{
    struct options options;
    char *problem = NULL;
    if (options_parse(&options, (int)notes->argument_count, notes->arguments, &problem) != 0) {
        free(problem);
        return;
    }
    for (char **word = options.program; *word; word++) {
        putc(' ', out);
        message_write_harmless(out, *word);
    }
    options_finish(&options);
}

static void print_one(void *argument, const struct session *session)
{
    FILE *out = argument;
    struct notes notes;
    struct processes running = {0};
    if (notes_read(&notes, session->directory) != 0)
        return;
    processes_list(&running, session);
    message_write_harmless(out, session->place);
    fputs(processes_is_any(&running) ? "  running " : "  ended   ", out);
    print_command(out, &notes);
    putc('\n', out);
    processes_finish(&running);
    notes_finish(&notes);
}

void command_list_runs(FILE *out)
{
    print_all_kept(out);
    session_each(print_one, out);
}
