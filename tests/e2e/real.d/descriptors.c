/* Writes into the file argv[1] which descriptors it has found open, and exits with 3. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    char text[64];
    int found = 0, length, file;
    (void)argc;
    for (int fd = 0; fd < 60; fd++)
        if (fcntl(fd, F_GETFD) != -1)
            found |= fd < 30 ? 1 << fd : 1 << 30;
    file = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC, 0666);
    length = snprintf(text, sizeof text, "open %#x, next %d\n", (unsigned)found, file);
    return write(file, text, (size_t)length) == length ? 3 : 4;
}
