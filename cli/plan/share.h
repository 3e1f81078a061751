/*
 * share.h - gives plans to processes of a run that have become other users.
 */
#ifndef PLAN_SHARE_H
#define PLAN_SHARE_H

#include <stdbool.h>
#include <sys/types.h>

struct stat;

/* Returns the user at the other end of a socket (SO_PEERCRED, unix(7)); -1: unknown. */
uid_t plan_share_peer(int connection);

/* Returns whether this user may learn what is in a file. A user other than that of this process may
 * only if the file's own mode lets everyone read it. */
bool plan_share_may_read(uid_t user, const struct stat *file);

/* Lets other users read the plan of this name in the session. A plan that is linked to the cache,
 * where they have no access, is copied first. Returns 0 or -errno. */
int plan_share(const char *directory, const char *name);

#endif
