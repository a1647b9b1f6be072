/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MODEL_DRAW_INSIDE_H
#define TESTS_MODEL_DRAW_INSIDE_H

#include "tests/model/draw.h"

/* What the files that draw definitions share. */

enum { DEEPEST = 2, NAMES = 40 };

#define TITLE "\"title\":{\"zh\":\"a\",\"en\":\"a\"}"

/* What a definition is mostly made of, so that few steps come to much. */
enum flavour {
    LIKES_LISTS,
    LIKES_MESSAGES,
    LIKES_BALLOTS,
    LIKES_SIGNERS,
    LIKES_LOTS,
    LIKES_PAPERS,
    LIKES_UNDO,
    LIKES_CHILDREN,
    LIKES_OPTIONAL,
    LIKES_LANES,
    LIKES_DEPARTMENTS,
    LIKES_MATERIALS,
    LIKES_LATE,
    LIKES_OPENING,
    LIKES_SILENCE,
    FLAVOURS,
    FLAVOURS_OF_STEPS = LIKES_OPTIONAL
};

struct drawing {
    uint32_t likes;    /* flavours, a bit each */
    bool lists, rolls; /* the form has a list, a roll */
    bool bureau;       /* and a department */
    bool bureaus;      /* the list is one of departments */
    bool moments;      /* and a moment */
    bool codes;        /* and a credit code */
    bool labels;
    bool papers[3]; /* kinds that are issued */
    uint32_t n_material;
    bool shared[3]; /* materials from shared data */
    uint32_t n_lot; /* commitments and draws */
    bool kin;       /* a join of child cases is written */
    struct chance *c;
    struct text *t;
    struct arena *a;
    const char *task[NAMES]; /* paths of tasks written so far */
    uint32_t n_task;
    const char *branch[NAMES];
    uint32_t n_branch;
    const char *region[NAMES]; /* all stages and branches */
    uint32_t n_region;
    bool acts;           /* effects of what people do: where one fails, nothing has happened */
    bool clerks;         /* whose actions these are may sign */
    const char *expires; /* of message "report" */
    uint32_t n_step;     /* so far: ids differ everywhere */
    bool asks;           /* the ground "ask" is used */
    bool marks[2];       /* m1, m2 are set */
    bool withdraws;
};

/* A region while it is written. */
struct field {
    struct field *around;
    const char *path;
    const char *id[8];
    uint32_t n, deep;
    bool branch;
    const char *list; /* path of the branch of a list it is in, as the definition has it; NULL */
    bool beside;      /* an optional step is written */
    bool yes, nay;    /* ends that are led to: granted and refused, or those of a branch */
};

/* draw.c: the parts of a step */
void draw_condition(struct drawing *d, bool input, int deep);
void draw_when(struct drawing *d, bool input, uint32_t often);
const char *draw_length(struct drawing *d);
const char *draw_date(struct drawing *d); /* of the form: a date or a moment */
/* For whom a case is opened; @each: there is an element for each, called "name". */
void draw_other(struct drawing *d, bool each);
void draw_limit(struct drawing *d);
void draw_effects(struct drawing *d, bool input);
void draw_marks(struct drawing *d, uint32_t often);
void draw_target(struct drawing *d, struct field *f, uint32_t at, bool onward);
void draw_deem(struct drawing *d); /* with a comma before */
void draw_timers(struct drawing *d, struct field *f, uint32_t at);
void draw_on(struct drawing *d, struct field *f, uint32_t at);
void draw_actions(struct drawing *d, struct field *f, uint32_t at);

static inline bool
one_in(struct drawing *d, uint32_t n)
{
    return chance_one_in(d->c, n);
}

static inline uint32_t
below(struct drawing *d, uint32_t n)
{
    return chance_below(d->c, n);
}

/* Once in @often times, or seldom where the definition has another flavour. */
static inline bool
likes(struct drawing *d, enum flavour f, uint32_t often)
{
    return d->likes >> f & 1 && one_in(d, often);
}

/** Ids of materials: which, how many and what of them is from shared data comes first. */
extern const char *const draw_material_id[3];

/* draw_table.c */
void draw_table(struct drawing *d, struct field *f, uint32_t at);

/* draw_more.c */
void draw_lot(struct drawing *d); /* effects with a comma behind */
void draw_paper(struct drawing *d);
void draw_signers(struct drawing *d); /* members with a comma before */
void draw_step_undo(struct drawing *d);
void draw_ballot(struct drawing *d, struct field *f, uint32_t at);
void draw_cases(struct drawing *d, struct field *f, uint32_t at);
void draw_stay_clocks(struct drawing *d, const char *path); /* of a step, with a comma before */
void draw_certificates(struct drawing *d);                  /* with a comma before */

/* draw_region.c */
void draw_region(struct drawing *d, struct field *f);
void draw_around(struct drawing *d, struct field *f, uint32_t at);
void draw_join(struct drawing *d, struct field *f, uint32_t at, uint32_t n);

#endif
