/*
 * image.h - the file of an object in the link map, and where its code is.
 *
 * Only one caller at a time, while the object cannot be unloaded.
 */
#ifndef IMAGE_H
#define IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "code/patch.h"
#include "hook/plan.h"

#define IMAGE_AREAS_MAX 8

struct link_map;

struct image {
    const struct link_map *map;
    bool is_program;
    /* Valid after image_read: run-time addresses of the whole image, and of its executable areas.
     */
    uint64_t start, end;
    struct patch_area areas[IMAGE_AREAS_MAX];
    unsigned area_count;       /* 0: not read */
    struct plan_wanted wanted; /* the file's plan; last, because it has room for a path */
};

/* Finds out which file is mapped there. Returns false if that is not known. */
bool image_identify(struct image *image, const struct link_map *map);

/* Reads where the code is. Returns false if the file is not the one that is mapped. */
bool image_read(struct image *image);

/* The area that contains all of [address, address + size), or NULL. */
const struct patch_area *image_area(const struct image *image, uint64_t address, uint64_t size);

#endif
