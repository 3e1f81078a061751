/*
 * browse.c - starts the browser, scoped-trace-browse, in place of the tool.
 *
 * The browser gets a saved file and the same arguments as the tool, which it parses with the same
 * code: so it understands every option of the view, and nothing is told twice.
 */
#include "commands/browse.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/installation.h"
#include "base/message.h"

int browse_check(char **problem)
{
    if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
        return 0;
    return message_problem(
        problem, -ENOTTY, "report -i needs a terminal as standard input and standard output");
}

static size_t count_words(char **words)
{
    size_t count = 0;
    while (words[count])
        count++;
    return count;
}

int browse_execute(const char *path, char **argv, char **problem)
{
    char *browser;
    size_t count = count_words(argv);
    int error = installation_find(&browser, BROWSER_NAME, problem);
    if (error != 0)
        return error;
    const char **words = calloc(count + 2, sizeof *words);
    if (words) {
        words[0] = BROWSER_NAME;
        words[1] = path;
        memcpy(words + 2, argv + 1, count * sizeof *words); /* with the NULL */
        execv(browser, (char **)words);
    }
    error = -errno;
    message_problem(problem, error, "cannot run '%s': %s", browser, strerror(-error));
    free(words);
    free(browser);
    return error;
}
