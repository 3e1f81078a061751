/*
 * mappings.c - whether any process has a trace of the run mapped.
 *
 * A writable shared mapping keeps the file open for writing, even when no descriptor is left, and a
 * file that is open for writing can have no read lease (fcntl(2), F_SETLEASE). So the tool asks for
 * such a lease, and gives it back at once.
 */
#include "session/mappings.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/hash.h"
#include "session/session.h"

enum lease {
    GRANTED,
    REFUSED, /* it is open for writing */
    UNKNOWN,
};

/* If the file is opened for writing during the lease, the kernel asks for the lease by a signal.
 * The default signal would end this process, so SIGURG is chosen. */
static enum lease ask_for_lease(int directory, const char *name)
{
    int fd = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return UNKNOWN;
    enum lease answer = UNKNOWN;
    if (fcntl(fd, F_SETSIG, SIGURG) == 0 && fcntl(fd, F_SETLEASE, F_RDLCK) == 0)
        answer = GRANTED;
    else if (errno == EAGAIN)
        answer = REFUSED;
    close(fd);
    return answer;
}

/* Some file systems refuse all leases (NFS without a delegation). No process has the notes open. */
static bool are_leases_granted(const struct session *session)
{
    char notes[PATH_MAX];
    snprintf(notes, sizeof notes, "%s/" SESSION_NOTES, session->directory);
    return ask_for_lease(AT_FDCWD, notes) == GRANTED;
}

/* The list of names must be complete before the first file is examined: every file that is mapped
 * at that moment has a name in it. */
int mappings_look(struct mappings *mapped, const struct session *session)
{
    struct mappings found = {0};
    DIR *entries = opendir(session->directory);
    if (entries == NULL)
        return -errno;
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;)
        if (session_is_trace(entry->d_name))
            found.names += hash_text(HASH_BEGIN, entry->d_name);
    rewinddir(entries);
    for (struct dirent *entry; !found.is_any && (entry = readdir(entries)) != NULL;)
        if (session_is_trace(entry->d_name))
            found.is_any = ask_for_lease(dirfd(entries), entry->d_name) == REFUSED;
    closedir(entries);
    found.is_any = found.is_any && are_leases_granted(session);
    *mapped = found;
    return 0;
}

bool mappings_has(const struct session *session, const char *path)
{
    return ask_for_lease(AT_FDCWD, path) == REFUSED && are_leases_granted(session);
}
