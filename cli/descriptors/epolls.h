/*
 * epolls.h - which descriptors the epolls watch in which threads of a running process wait.
 */
#ifndef DESCRIPTORS_EPOLLS_H
#define DESCRIPTORS_EPOLLS_H

struct snapshot;

/* Each epoll(7) for which a call of the snapshot waits becomes the set of the descriptors that it
 * watches at present. The snapshot's process id must be one of this PID namespace. An epoll of
 * which the kernel tells nothing (the process has ended, or this user may not look at it: proc(5)),
 * or for which there is no memory, stays as it is. */
void epolls_find_members(struct snapshot *snapshot);

#endif
