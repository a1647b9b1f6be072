/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DEFINITION_FRAGMENT_H
#define DEFINITION_FRAGMENT_H

#include "base/value.h"
#include "definition/problem.h"

/*
 * Fragments: steps that several workflows have in common (DESIGN 4).
 *
 * They exist only until a file has been read: what is compiled, hashed, pinned
 * and stored is the expanded definition, so a changed fragment is a new version
 * of every workflow that uses it, and no case ever asks for one.
 */

/** What a parameter may be given. */
enum parameter_kind {
    PARAMETER_TEXT,    /* any text but "" */
    PARAMETER_ID,      /* lower-case letters, digits, single hyphens */
    PARAMETER_STEP,    /* where a move goes: an id or $done */
    PARAMETER_LENGTH,  /* "5 working days" */
    PARAMETER_LIMIT,   /* whatever may stand under "limit" */
    PARAMETER_TITLE,   /* {"zh", "en"} */
    PARAMETER_FLAG,    /* true or false */
    PARAMETER_INTEGER, /* */
    PARAMETER_OBJECT,  /* members for $include, a form … */
    PARAMETER_LIST,
    PARAMETER_ANY
};

struct parameter {
    const char *name;
    enum parameter_kind kind;
    const struct value *otherwise; /* what it is when not given; NULL: it has no default */
    bool optional;                 /* without a default: may be left out all the same */
};

struct fragment {
    const char *id;
    const char *file;
    const struct parameter *parameter;
    uint32_t n_parameter;
    const struct value *steps; /* object, with lines of the file */
};

/** Those of one folder, by id.  {0} is none. */
struct fragments {
    const struct fragment *item;
    uint32_t n;
};

enum { FRAGMENT_DEPTH = 8 /* uses within uses */ };

/**
 * Reads every *.json of folder @dir into @a and checks each by itself: words,
 * parameters, that each is used and each that is used is declared.  No such
 * folder: no fragments.  @return false when one has a problem.
 */
bool fragments_load(struct arena *a, const char *dir, struct fragments *out,
                    struct problems *problems);

/**
 * Puts the steps of fragments in the place of every use in @source, a whole
 * definition with lines, read from @file.  What comes of it hangs in the
 * problems' arena; its lines tell which use they came by, see problem.h, and
 * @problems knows of these uses until the next call.  Without a use it is
 * @source itself.
 * @return false when there was a problem; then @out is not to be read.
 */
MUST_CHECK bool fragments_expand(const struct fragments *f, const struct value *source,
                                 const char *file, struct value *out, struct problems *problems);

#endif
