/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DEFINITION_TABLE_H
#define DEFINITION_TABLE_H

#include "definition/expression.h"

/*
 * A decision table, as the checks see it.  What the core walks over are arms:
 * each row is one, its cells a condition, and `else` the last; so only checks,
 * and tables that collect, ask for more.
 */

enum hit {
    HIT_UNIQUE, /* no two rows fit one case: proved at load */
    HIT_FIRST,  /* the first that fits */
    HIT_ANY,    /* several may fit and then lead to the same step: proved at load */
    HIT_COLLECT /* all that fit; what they give is gathered and written */
};

enum gather { GATHER_LIST, GATHER_SUM, GATHER_COUNT };

enum table_kind { TABLE_INTEGER, TABLE_BOOLEAN, TABLE_DATE, TABLE_TEXT };

enum { TABLE_INPUTS = 12, TABLE_ROWS = 200, TABLE_LIST = 100 };

struct table_input {
    enum table_kind kind;
    const struct value *source; /* the expression as written */
};

/** Integers, days, or 0 and 1: both ends belong to it. */
struct table_span {
    int64_t from, to;
};

struct table_cell {
    bool any; /* "-" */
    const struct table_span *span;
    uint16_t n_span;
    const char *const *text; /* TABLE_TEXT */
    uint16_t n_text;
    bool others; /* all texts but these */
};

struct decision_table {
    enum hit hit;
    const struct table_input *input;
    uint16_t n_input;
    const struct table_cell *cell; /* [n_row * n_input] */
    uint16_t n_row;                /* the arms before `else` */
    const char *into;              /* HIT_COLLECT: "case.x" or "form.x" */
    enum gather as;
};

/** The least and the greatest value an input of that kind can have. */
int64_t table_least(enum table_kind kind);
int64_t table_most(enum table_kind kind);

#endif
