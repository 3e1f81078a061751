/*
 * debug_file.h - finds the file into which the symbols of a stripped one were put.
 */
#ifndef ELF_DEBUG_FILE_H
#define ELF_DEBUG_FILE_H

struct elf_image;

/* Opens the debug file of `image`, which was read from `path`: by its build-id below
 * /usr/lib/debug, or by .gnu_debuglink beside it, in .debug there, and below /usr/lib/debug (GDB's
 * manual, "Separate Debug Files"). Never asks the network or the environment; for any thread.
 * Returns 0 or -errno, -ENOENT when there is none that belongs to it, and then *debug is untouched.
 */
int debug_file_open(struct elf_image *debug, const struct elf_image *image, const char *path);

#endif
