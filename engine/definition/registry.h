/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DEFINITION_REGISTRY_H
#define DEFINITION_REGISTRY_H

#include "definition/almanac.h"
#include "definition/definition.h"
#include "definition/fragment.h"

/**
 * A snapshot of the workflows a daemon knows: all versions, by id and by hash.
 *
 * Immutable.  The daemon keeps one pointer to the newest; who publishes builds
 * a new snapshot and stores its pointer (release), who reads loads it once
 * (acquire) and uses it to the end of what he is doing.  There is no reference
 * count: a snapshot, and the arenas of its workflows, are never freed while the
 * daemon runs, because a worker may hold them at any time.  That costs one
 * small array for each publishing, which happens a few times a day at most.
 */
struct registry {
    const struct workflow *const
        *workflow;                         /* by id, then by district, then by first day in force */
    const struct workflow *const *by_hash; /* the same, by hash */
    uint32_t n;
};

/** A snapshot of the @n workflows @list; of those with one hash the first is kept. */
const struct registry *registry_build(struct arena *a, const struct workflow *const *list,
                                      uint32_t n) __attribute__((returns_nonnull));

/** A snapshot of all that @r (NULL: nothing) holds and @w. */
const struct registry *registry_with(struct arena *a, const struct registry *r,
                                     const struct workflow *w) __attribute__((returns_nonnull));

/**
 * The version of workflow @id in force on day @d, the day of receipt.  Where
 * several say they are, the one that begins last; of those that begin on the
 * same day, the one that stood last in the list built from.  NULL: none.
 */
const struct workflow *registry_find(const struct registry *r, const char *id, day d);

/** The same for cases of @district: the version of the nearest region that has one of its own. */
const struct workflow *registry_find_in(const struct registry *r, const char *id,
                                        const char *district, day d);

/** The versions of regions of workflow @id in force on day @d: start with *@at = 0, ends with NULL.
 */
const struct workflow *registry_next_region(const struct registry *r, const char *id, day d,
                                            uint32_t *at);

/**
 * All versions of workflow @id, of regions too, whenever they are in force, earlier ones first:
 * start with *@at = 0, ends with NULL.
 */
const struct workflow *registry_next_version(const struct registry *r, const char *id,
                                             uint32_t *at);

/** All versions of all workflows, by id: start with *@at = 0, ends with NULL. */
const struct workflow *registry_next_of_all(const struct registry *r, uint32_t *at);

/** The version of that hash, in force or not; NULL: unknown. */
const struct workflow *registry_by_hash(const struct registry *r, const char *hash);

/**
 * The workflows in force on day @d, by id: start with *@at = 0, ends with NULL.
 * Those of regions are not among them.
 */
const struct workflow *registry_next(const struct registry *r, day d, uint32_t *at);

/** What definitions are held against. */
struct house {
    struct organisation organisation;
    const struct calendar *calendar; /* the house's, which leads to those of all halls */
    struct fragments fragments;
    bool stands; /* all but the fragments, which definitions alone need, could be read */
};

/** Files of definitions, sorted by path. */
struct definition_files {
    const char *const *path;
    uint32_t n;
};

/**
 * Finds the definitions under @path: itself when it is a file, else every
 * *.json in it and its folders but what stands beside them at the top
 * (organisation.json, plan.json, definition.schema.json, hall*.json) and the
 * folders calendar and fragments.  @return false with ERROR_BAD_FILE.
 */
MUST_CHECK bool definition_find_files(struct arena *a, const char *path,
                                      struct definition_files *out, struct error *e);

/**
 * Reads and checks one file into @a (see definition_read()); a file that
 * cannot be read is a problem like any other.  It must be called ID.json or
 * ID.ANYTHING.json, the latter for further versions.
 */
MUST_CHECK bool definition_read_file(struct arena *a, const char *path, const struct house *house,
                                     const struct workflow **out, struct problems *problems);

/**
 * Reads CALENDAR_USUAL of @dir, and what the districts and departments of
 * @organisation (organisation.json; may be NULL) name as their "calendar" (a
 * name in the folder calendar) and "hours" (a file beside organisation.json).
 * @out is the house's.
 */
MUST_CHECK bool almanac_load(struct arena *a, const char *dir, const struct value *organisation,
                             const struct calendar **out, struct problems *problems);

/** Reads organisation.json, plan.json, calendar/ and fragments/ of @dir; what is wrong is in
 * @problems. */
MUST_CHECK bool house_load(struct arena *a, const char *dir, struct house *out,
                           struct problems *problems);

/**
 * Loads all definitions of directory @dir into one snapshot.  Two versions of
 * one workflow may not be in force on the same day, unless the earlier simply
 * does not say how long.
 * @return false when a definition has a problem that is no warning, or with a
 * problem 101 for what cannot be read.
 */
MUST_CHECK bool registry_load(struct arena *a, const char *dir, const struct house *house,
                              const struct registry **out, struct problems *problems);

/**
 * Reports steps and effects of the @n workflows @list that open cases of a workflow which is not in
 * @r, does not take the form they give it, or is not for their applicants (registry_kin.c).
 */
void registry_check_kin(const struct registry *r, const struct workflow *const *list, uint32_t n,
                        struct problems *problems);

/**
 * Reports each place in the @n workflows @list whose cases would open, over others of @r or at
 * once, cases of their own workflow, on some day on which it is in force (registry_loop.c).
 */
void registry_check_loops(const struct registry *r, const struct workflow *const *list, uint32_t n,
                          struct problems *problems);

/** Reports workflows of @r that are in force on the same day as another version. */
void registry_check(const struct registry *r, struct problems *problems);

#endif
