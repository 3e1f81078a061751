/*
 * library_name.h - the name of the library's file, by which it is found and recognised.
 */
#ifndef LIBRARY_NAME_H
#define LIBRARY_NAME_H

#define LIBRARY_NAME "libscoped-trace.so"

#endif
