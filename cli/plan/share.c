/*
 * share.c - plans for processes of a run that have become other users.
 */
#include "plan/share.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/own_file.h"

uid_t plan_share_peer(int connection)
{
    struct ucred peer;
    socklen_t size = sizeof peer;
    if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
        return (uid_t)-1;
    return peer.uid;
}

bool plan_share_may_read(uid_t user, const struct stat *file)
{
    return user == geteuid() || (file->st_mode & S_IROTH) != 0;
}

/* The copy replaces the link at once: at every moment the name leads to the whole plan. */
static int replace_by_copy(const char *path)
{
    char unfinished[PATH_MAX];
    if (snprintf(unfinished, sizeof unfinished, "%s.copy", path) >= PATH_MAX)
        return -ENAMETOOLONG;
    int from = open(path, O_RDONLY | O_CLOEXEC);
    if (from < 0)
        return -errno;
    int error = own_file_copy(from, unfinished, 0644);
    close(from);
    return error ? error : own_file_complete(unfinished, path, 0);
}

int plan_share(const char *directory, const char *name)
{
    char path[PATH_MAX];
    struct stat status;
    if (snprintf(path, sizeof path, "%s/%s", directory, name) >= PATH_MAX)
        return -ENAMETOOLONG;
    if (lstat(path, &status) != 0)
        return -errno;
    if (status.st_uid != geteuid())
        return -EPERM; /* another user has put it there: the library does not use it */
    if (S_ISLNK(status.st_mode))
        return replace_by_copy(path);
    return chmod(path, 0644) == 0 ? 0 : -errno;
}
