/*
 * forbidden.h - what must not be called inside the program; included last.
 *
 * These functions allocate, lock, print, exit, set errno or may be leaves. kernel.h has the
 * replacements. scripts/lint.sh checks the built objects for the same.
 */
#ifndef FORBIDDEN_H
#define FORBIDDEN_H

#pragma GCC poison malloc calloc realloc free printf fprintf snprintf puts write read open close
#pragma GCC poison mmap munmap memcpy memset memmove memcmp strlen strcmp strcpy strncmp errno
#pragma GCC poison exit abort dlsym pthread_mutex_lock pthread_once pthread_getspecific syscall

#endif
