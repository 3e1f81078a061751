/*
 * share.h - plans for processes of a run that have become other users.
 */
#ifndef PLAN_SHARE_H
#define PLAN_SHARE_H

#include <stdbool.h>
#include <sys/types.h>

struct stat;

/* The user at the other end of a socket (SO_PEERCRED, unix(7)); -1: unknown. */
uid_t plan_share_peer(int connection);

/* Whether this user may be told what is in a file: another one than this process's only if all may
 * read it, as far as its own mode says. */
bool plan_share_may_read(uid_t user, const struct stat *file);

/* Lets other users read the plan that has this name in the session; one that lies in the cache of
 * plans, where they may not go, is copied first. Returns 0 or -errno. */
int plan_share(const char *directory, const char *name);

#endif
