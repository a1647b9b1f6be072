/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DEFINITION_EXPRESSION_H
#define DEFINITION_EXPRESSION_H

#include "base/error.h"
#include "base/instant.h"
#include "base/text.h"
#include "base/value.h"
#include "definition/calendar.h"

/**
 * Conditions and values of a definition: a strict profile of JsonLogic with the
 * date operators of CertLogic (DESIGN 4; written for authors in expressions.md).
 *
 * What was decided, where JsonLogic, CertLogic and the law of this house differ:
 *
 *  - A missing operand (absent, or null) is an error, never a value.  `var` may
 *    carry a default; `missing` asks.
 *  - Only true and false are conditions: operands of `and or !`, conditions of
 *    `if` and of `all some none`.  Nothing is "truthy".
 *  - `=== !==` take two integers, strings, booleans or arrays of these.  Values
 *    of different kinds are different, as in both suites; a comparison that can
 *    be seen to mix kinds is refused by expression_prove().
 *  - `in` looks for an integer, string or boolean in an array, never in a string.
 *  - `< <= > >=` take two or three integers, `after before not-after not-before`
 *    two or three dates; all of them are evaluated, then compared.
 *  - `and or if` stop early, and so do `in all some none`.  `all` of an empty
 *    array is false, as in both suites, and so is `some`; `none` is true.
 *  - Inside `all some none` a `var` sees the element alone: "" is the element.
 *  - `if` has an else: 3, 5, 7 … operands.  `and or + - *` take one or
 *    more; `-` of one is its negative.
 *  - A date operand is a string of RFC 3339: a date-time with its offset, or a
 *    date, which is the moment it begins in UTC+8.  `plusTime` gives a date-time
 *    in +08:00; it keeps the day of the month and runs over into the next month
 *    where there is no such day (2020-02-29 plus 1 year is 2021-03-01), as
 *    CertLogic has it.  Legal periods are clocks, not `plusTime`.
 *  - workingDaysBetween(a, b) is the number of working days d, a < d <= b, on
 *    the dates in UTC+8 of the scope's calendar; the negative of the exchanged
 *    one when b is before a.
 *  - Integers are int64; what does not fit is an error.  There are no fractions.
 *
 * The one way to ask whether a field is filled, which expression_prove() knows:
 *     {"===": [{"missing": ["form.area"]}, []]}     form.area is there
 *     {"!==": [{"missing": ["form.area"]}, []]}     form.area is missing
 */
struct expression; /* flat arrays in the definition's arena; immutable, shared by threads */

/** What an expression may speak of.  Names: form input case step actor tally each now. */
enum root {
    ROOT_FORM,  /* the case's form */
    ROOT_INPUT, /* what came with the action */
    ROOT_CASE,
    ROOT_STEP,
    ROOT_ACTOR,
    ROOT_TALLY, /* of branches or votes that are counted */
    ROOT_EACH,  /* the element whose branch this is, under the name its `foreach` gives it */
    ROOT_NOW,   /* a date-time */
    ROOT_COUNT
};

enum {
    EXPRESSION_STEPS = 10000, /* one for each node evaluated, element looked at, day counted */
    EXPRESSION_DEPTH = 32,
    EXPRESSION_ANONYMOUS = 1 /* option of expression_compile_as() */
};

/** "form" … "now". */
const char *root_name(enum root root);

/** Whether {@name: …} is an operation. */
bool expression_operator(const char *name);

/**
 * Compiles @source into arena @a; @source is not needed afterwards.
 * @return false with ERROR_DEFINITION_INVALID, the JSON pointer within @source
 * and how to mend it: unknown operator or root, wrong number of operands, a
 * number with a fraction, null, a malformed path or date, deeper than
 * EXPRESSION_DEPTH, more nodes than EXPRESSION_STEPS.
 */
MUST_CHECK bool expression_compile(struct arena *a, const struct value *source,
                                   const struct expression **out, struct error *e);

/**
 * As expression_compile(), for data that has no roots: with EXPRESSION_ANONYMOUS
 * every path leads into root[ROOT_FORM], "" is all of it, and dates are in UTC.
 * This is how the public suites are run; definitions never use it.
 */
MUST_CHECK bool expression_compile_as(struct arena *a, const struct value *source, unsigned option,
                                      const struct expression **out, struct error *e);

/** What is known at the moment of evaluation. */
struct scope {
    const struct value *root[ROOT_COUNT]; /* NULL: absent */
    instant now;                     /* `now`, unless root[ROOT_NOW] is given; or INSTANT_NONE */
    const struct calendar *calendar; /* for workingDaysBetween; NULL: it is an error */
};

/**
 * Evaluates; pure.  The result lives in @a, the scope and the expression, and
 * is never null or a number with a fraction itself.
 * @return false with ERROR_GUARD_ERROR, the JSON pointer of the operand within
 * the expression, and a detail that names it (never its content): missing, of
 * the wrong kind, overflow, no date, out of steps.
 */
MUST_CHECK bool expression_eval(const struct expression *x, const struct scope *s, struct arena *a,
                                struct value *out, struct error *e);

/** As expression_eval(); a result other than true or false is ERROR_GUARD_ERROR too. */
MUST_CHECK bool expression_test(const struct expression *x, const struct scope *s, struct arena *a,
                                bool *out, struct error *e);

/** Whether both ask the same, in the same words; of NULL only NULL is the same. */
bool expression_same(const struct expression *x, const struct expression *y);

/** What is known about a path when a definition is loaded. */
struct known {
    bool declared;             /* there is such a thing */
    bool required;             /* and it is always there, with all that encloses it */
    enum value_kind kind;      /* VALUE_NULL: not known, checked when evaluated */
    enum value_kind item_kind; /* of VALUE_ARRAY; VALUE_NULL: not known */
    bool date;                 /* the string, or each item, has the format date or date-time */
    const char *instead;       /* of what is not declared: what there is, in a sentence; NULL */
};

/**
 * Where the proof learns about paths.  @path is what follows the root, "area";
 * "" is the root itself; the member `qty` of the elements of `items` is
 * "items.*.qty".  `now` is known and never asked for.
 */
struct proof {
    struct known (*lookup)(const void *arg, enum root root, const char *path);
    const void *arg;
};

/** Told of one problem: its JSON pointer within the expression, and a sentence in English. */
typedef void expression_problem_fn(void *arg, const char *pointer, const char *what);

/**
 * Proves at load that the expression cannot meet a missing or wrongly typed
 * operand.  @problem (may be NULL) is called for every var that is undeclared
 * or may be missing (neither required, nor with a default, nor guarded), and
 * for every operand whose kind cannot fit.  A guard is the idiom above in an
 * enclosing `and`, `or` or `if`, also under `!`; a field within a guarded one
 * ("form.a" when "form.a.b" is there) is guarded too.  Of each expression the
 * first 64 guarded paths count.
 * @expected is VALUE_BOOL for conditions, VALUE_NULL for anything.
 * @return the number of problems.
 */
int expression_prove(const struct expression *x, const struct proof *p, enum value_kind expected,
                     expression_problem_fn *problem, void *arg);

/** Whether the expression surely gives a date or date-time, where it gives anything. */
bool expression_gives_date(const struct expression *x, const struct proof *p);

/** Calls @seen for each path used, in no order that matters; paths as in struct proof. */
void expression_vars(const struct expression *x,
                     void (*seen)(void *arg, enum root root, const char *path), void *arg);

/** In which words an expression is told. */
struct wording {
    enum language lang;
    /* the title of a field in @lang, or NULL when it has none; may itself be NULL */
    const char *(*title)(const void *arg, enum root root, const char *path, enum language lang);
    const void *arg;
};

/** Appends the expression as a sentence without a full stop: 面积小于 300，且用途为“住宅”. */
void expression_say(const struct expression *x, const struct wording *w, struct text *out);

#endif
