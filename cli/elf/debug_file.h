/*
 * debug_file.h - finds the separate debug file of a stripped file, which has its symbols.
 */
#ifndef ELF_DEBUG_FILE_H
#define ELF_DEBUG_FILE_H

struct elf_image;

/* Opens the debug file of `image`, which was read from `path`: by its build-id below
 * /usr/lib/debug, or by .gnu_debuglink in the same directory, in .debug there, and below
 * /usr/lib/debug (GDB's manual, "Separate Debug Files"). Never uses the network or the environment;
 * any thread may call it. Returns 0 or -errno, -ENOENT if no debug file belongs to it; then *debug
 * is unchanged. */
int debug_file_open(struct elf_image *debug, const struct elf_image *image, const char *path);

#endif
