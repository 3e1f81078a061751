/*
 * output.c - the destination of a report.
 */
#include "commands/output.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/message.h"
#include "options/options.h"

/* A short report is one write, also on a terminal. There is one output in a run of the tool. */
static char buffer[64 << 10];

int output_open(FILE **out, const char *path, int stream, bool is_open, char **problem)
{
    int copy = path || !is_open ? -1 : fcntl(stream, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    *out = path ? fopen(path, "we") : copy >= 0 ? fdopen(copy, "w") : NULL;
    if (*out)
        setvbuf(*out, buffer, _IOFBF, sizeof buffer);
    if (*out || (path == NULL && !is_open))
        return 0;
    return message_problem(problem, -errno, "cannot write to '%s': %s",
        path ? path : "standard output", strerror(errno));
}

#define LEAST_COLUMNS 40 /* a narrower terminal breaks lines itself */

/* Loading a locale takes a good part of the time of a run without hits. */
static bool can_print_unicode(void)
{
    setlocale(LC_CTYPE, "");
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/* Returns the width for lines on the terminal; 0: it is none. */
static size_t terminal_columns(FILE *out)
{
    struct winsize size;
    if (ioctl(fileno(out), TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return 0;
    return size.ws_col > LEAST_COLUMNS ? size.ws_col : LEAST_COLUMNS;
}

struct report_style output_style(const struct options *options, FILE *out, bool has_trees)
{
    return (struct report_style){.unicode = has_trees && can_print_unicode(),
        .color = options_want_color(options, isatty(fileno(out))),
        .columns = options->page_columns ? options->page_columns : terminal_columns(out)};
}
