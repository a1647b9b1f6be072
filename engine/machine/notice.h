/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_NOTICE_H
#define MACHINE_NOTICE_H

#include "machine/deed.h"

/*
 * The one notice of all that is missing 一次性告知.  Whoever gives it has looked at
 * what lies on the counter, too: what it does not name, of what it is about, is
 * found good, and is not complained of later.
 * @source 行政许可法 32: "应当当场或者在五日内一次告知申请人需要补正的全部内容"
 */

/** ERROR_NOTICE_LATE and the like: may this action's notice name what its input says? */
bool check_notice(struct run *r, const struct value *missing, struct error *e);
/** ERROR_DOCUMENT_MISSING: the command must name the document of @what @id. */
bool check_paper(const struct command *cmd, const char *what, const char *id, struct error *e);
void give_notice(struct run *r, const struct action *action, const struct value *missing);

/**
 * The document of the written notice by which step @s stops the clocks, as who leads there names
 * it; if he must and does not, the run fails (K7).  NULL: its ground asks for none, or nobody acts.
 */
const char *notice_named(struct run *r, const struct step *s);

/** Whether a notice that asks for @m now overlooked it before. */
bool is_too_late(const struct material *m);

/** Whether a notice may name material @i, as far as the case tells. */
bool can_be_named(const struct workflow *w, const struct case_state *c, uint16_t i);

/** A supervisor lets the next notice name what an earlier one has overlooked. */
bool decide_allow_notice(struct deed *d, struct error *e);

/** After a change of @m: what was seen and is missing again was overlooked. */
void note_spoilt(struct material *m);

void apply_notice(const struct workflow *w, struct case_state *c, const struct fact *f);

#endif
