/*
 * machine.h - x86-64 in ELF files and on Linux.
 */
#ifndef ARCH_X86_64_MACHINE_H
#define ARCH_X86_64_MACHINE_H

#include <elf.h>

#define ARCH_NAME           "x86-64"
#define ARCH_MACHINE        EM_X86_64
#define ARCH_MACHINE_32_BIT EM_386 /* of 32-bit programs, which the kernel runs as well */

/* glibc's dynamic linker (x86-64 psABI, "Program Interpreter"). */
#define ARCH_LINKER_NAME "ld-linux-x86-64.so.2"
#define ARCH_LINKER      "/lib64/" ARCH_LINKER_NAME

/* The oldest version of glibc. */
#define ARCH_GLIBC_BASE "GLIBC_2.2.5"

/* The library looks at the words of locks (preload/object/lock_state.c), which have had the same
 * layout since glibc 2.25. The first version after that for which libc and libpthread have symbols.
 */
#define ARCH_GLIBC_LOCKS "GLIBC_2.28"

/* The flags of a library in ldconfig's cache: ELF of libc 6, for x86-64. */
#define ARCH_CACHE_FLAGS 0x0303

/* Relocations that fill in a word: with a symbol's address; with the load address plus a number. */
#define ARCH_RELOCATION_SYMBOL R_X86_64_GLOB_DAT
#define ARCH_RELOCATION_BASE   R_X86_64_RELATIVE

#endif
