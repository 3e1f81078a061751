/*
 * plan_share.c - plans for processes of a run that have become other users.
 */
#include "plan_share.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

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

static int copy(int from, int to)
{
    ssize_t done;
    while ((done = sendfile(to, from, NULL, 1 << 20)) > 0)
        continue;
    if (done < 0)
        return -errno;
    return fchmod(to, 0644) == 0 ? 0 : -errno;
}

/* Its name is the plan's from one moment to the next. */
static int replace_by_copy(const char *path)
{
    char unfinished[PATH_MAX];
    int error = 0;
    if (snprintf(unfinished, sizeof unfinished, "%s.copy", path) >= PATH_MAX)
        return -ENAMETOOLONG;
    int from = open(path, O_RDONLY | O_CLOEXEC);
    if (from < 0)
        return -errno;
    int to = open(unfinished, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (to < 0)
        error = -errno;
    if (error == 0)
        error = copy(from, to);
    if (error == 0 && rename(unfinished, path) != 0)
        error = -errno;
    if (error != 0 && to >= 0)
        unlink(unfinished);
    if (to >= 0)
        close(to);
    close(from);
    return error;
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
        return -EPERM; /* planted by another user: the library does not take it */
    if (S_ISLNK(status.st_mode))
        return replace_by_copy(path);
    return chmod(path, 0644) == 0 ? 0 : -errno;
}
