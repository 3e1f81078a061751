/*
 * forbidden.h - what must not be called inside the program; included last.
 *
 * These allocate, lock, print, exit, set errno or may be leaves. kernel.h has what
 * is used instead. scripts/lint.sh checks the same on the built objects.
 */
#ifndef FORBIDDEN_H
#define FORBIDDEN_H

#pragma GCC poison malloc calloc realloc free printf fprintf snprintf puts write read open close
#pragma GCC poison mmap munmap memcpy memset memmove memcmp strlen strcmp strcpy strncmp errno
#pragma GCC poison exit abort dlsym pthread_mutex_lock pthread_once pthread_getspecific syscall

#endif
