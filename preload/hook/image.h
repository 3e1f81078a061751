/*
 * image.h - the file behind an object of the link map, and where its code is.
 *
 * For one caller at a time, while the object cannot be unloaded.
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
    /* After image_read: run-time addresses of all of it, and of what is executable. */
    uint64_t start, end;
    struct patch_area areas[IMAGE_AREAS_MAX];
    unsigned area_count;       /* 0: not read */
    struct plan_wanted wanted; /* the plan of the file; last, as most of it is room for a path */
};

/* Finds out which file is mapped there. Returns false where it cannot be told. */
bool image_identify(struct image *image, const struct link_map *map);

/* Reads where the code is. Returns false where the file is another one than is mapped. */
bool image_read(struct image *image);

/* The area that holds all of [address, address + size), or NULL. */
const struct patch_area *image_area(const struct image *image, uint64_t address, uint64_t size);

#endif
