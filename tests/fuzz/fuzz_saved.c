/*
 * fuzz_saved.c - whatever a saved file holds, it is refused or gives sound snapshots, trees and
 * reports.
 *
 * The checksums of the input are set right first, so that what they protect is reached, too. For
 * libFuzzer; start it from the files that seeds_saved.c writes ("make fuzz" builds it).
 */
// needs: cli
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/own_file.h"
#include "objects/labels.h"
#include "report/format.h"
#include "saved/layout.h"
#include "saved/saved.h"
#include "symbols/symbols.h"
#include "trace/snapshot.h"
#include "tree/build.h"
#include "tree/calls/calls.h"
#include "check_nodes.h"
#include "print_calls.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Sets the sums of all chunks, and the number of chunks in the last one. */
static void mend(uint8_t *bytes, size_t size)
{
    uint8_t chunks = 0;
    for (size_t at = SAVED_HEADER_SIZE; at + SAVED_CHUNK_HEADER + SAVED_CHUNK_SUM <= size;) {
        uint32_t section, stored;
        memcpy(&section, bytes + at, sizeof section);
        memcpy(&stored, bytes + at + 4, sizeof stored);
        if (stored > size - at - SAVED_CHUNK_HEADER - SAVED_CHUNK_SUM)
            return;
        if (section == SAVED_END && stored == 1)
            bytes[at + SAVED_CHUNK_HEADER] = chunks;
        chunks++;
        uint64_t sum = own_file_sum_bytes(bytes + at, SAVED_CHUNK_HEADER + stored);
        at += SAVED_CHUNK_HEADER + stored;
        memcpy(bytes + at, &sum, sizeof sum);
        at += SAVED_CHUNK_SUM;
    }
}

static void check_snapshot(const struct snapshot *snapshot)
{
    check(snapshot->program && snapshot->command, "a text that is missing");
    check_nodes(snapshot);
}

static void check_text(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        check((unsigned char)text[i] >= 0x20 || text[i] == '\n', "a control character");
}

static void check_report(
    const struct saved *saved, const struct snapshot *snapshot, const char *root)
{
    const struct path_style style = {root, " > ", "...", NULL};
    struct labels *labels = labels_create(
        saved->snapshots, saved->snapshot_count, saved->symbols, &style, NULL);
    check(labels != NULL, "memory");
    struct tree_options options = {.root = root,
        .root_is_default = saved->run.root_is_default,
        .labels = labels,
        .wants_notes = true};
    struct tree_process *process = tree_create(snapshot, saved->symbols, &options);
    check(process != NULL, "memory");
    struct tree_calls *calls = NULL;
    if (snapshot->call_count > 0)
        calls = tree_calls_create(snapshot, process, saved->symbols, &options);
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    check(out != NULL, "memory");
    struct report report = {.out = out,
        .leaves_word = "waiting",
        .root = root,
        .root_is_default = options.root_is_default,
        .style = {.unicode = true}};
    if (calls)
        print_calls(&report, process, calls, labels);
    else
        report_format_text.process(&report, process, false);
    fclose(out);
    check_text(text, size);
    free(text);
    tree_calls_destroy(calls);
    tree_destroy(process);
    labels_destroy(labels);
}

static void write_again(const struct saved *saved)
{
    int fd = memfd_create("again", MFD_CLOEXEC);
    const struct saved_options options = {.redacts = true, .limit = UINT64_MAX};
    check(fd >= 0 && saved_write(fd, saved, &options) == 0, "it cannot be saved again");
    close(fd);
}

static void check_saved(const uint8_t *bytes, size_t size)
{
    struct saved saved;
    const char *why = NULL;
    int fd = memfd_create("saved", MFD_CLOEXEC);
    check(fd >= 0 && write(fd, bytes, size) == (ssize_t)size, "a file");
    lseek(fd, 0, SEEK_SET);
    int error = saved_read(fd, &saved, &why);
    close(fd);
    check((error == 0) == (why == NULL), "an error without a reason");
    if (error != 0)
        return;
    for (size_t i = 0; i < saved.snapshot_count; i++) {
        check_snapshot(saved.snapshots[i]);
        check_report(&saved, saved.snapshots[i], saved.run.root);
        check_report(&saved, saved.snapshots[i], "f");
    }
    write_again(&saved);
    saved_finish(&saved);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size + 1);
    check(copy != NULL, "memory");
    memcpy(copy, bytes, size);
    check_saved(copy, size);
    mend(copy, size);
    check_saved(copy, size);
    free(copy);
    return 0;
}
