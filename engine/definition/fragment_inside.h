/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DEFINITION_FRAGMENT_INSIDE_H
#define DEFINITION_FRAGMENT_INSIDE_H

#include "definition/fragment.h"
#include "definition/parse.h"

/* What reading and expanding fragments share.  Others include definition/fragment.h. */

/** The object is there when this parameter is given and not false. */
#define FRAGMENT_IF "$if"
/** The members of this object are put in, before those of the same name. */
#define FRAGMENT_INCLUDE "$include"

/** "step"; what read_word() takes. */
const char *parameter_kind_name(enum parameter_kind kind);

bool parameter_takes(enum parameter_kind kind, const struct value *v);

/**
 * The next ${name} of @text: @from is where it begins, or the end of @text;
 * @len its length, 0 when it does not end.  @return whether there is one.
 */
bool next_reference(const char *text, size_t *from, size_t *len);

/** A definition while its uses are replaced. */
struct expanding {
    struct parse p; /* what places and complaints take */
    const struct fragments *fragments;
    struct origin *origin;
    uint32_t n_origin;
    uint32_t n_value; /* made so far: fragments in fragments may grow without measure */
};

/** One use while it is expanded. */
struct use {
    const struct use *up; /* the use whose fragment it stands in */
    const struct fragment *fragment;
    const struct place *at;
    const struct value *with; /* NULL: nothing is given */
    struct value id;          /* its key: what ${use} is */
    uint32_t origin;          /* to be put before its fragment's lines */
};

/** Members of an object that grows. */
struct growing {
    struct member *member;
    uint32_t n;
};

/** Instead of an origin: the lines tell theirs already. */
#define LINES_TOLD UINT32_MAX

/** A copy whose lines are of @origin; @at is where it goes. */
struct value fragment_copy(struct expanding *x, const struct place *at, const struct value *v,
                           uint32_t origin);

/** A copy of a part of the fragment with its parameters filled in; false: it is not there. */
bool fragment_fill(struct expanding *x, const struct use *u, const struct value *v,
                   struct value *out);

bool member_known(const struct growing *g, const char *name);
void member_push(struct expanding *x, struct growing *g, const char *name, struct value v);

#endif
