/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MODEL_LIFE_INSIDE_H
#define TESTS_MODEL_LIFE_INSIDE_H

#include "tests/model/life.h"
#include "tests/model/model_inside.h"

/* What the files that draw commands share. */

struct command life_command(enum command_kind kind);

/** Somebody who may do everything that needs a rank. */
struct actor life_chief(const char *id);

/** A step: what it is called in the case, and its definition; def NULL: none. */
struct place {
    const char *path;
    const struct value *def;
};

/** A step whose definition has the member @with, most often an open one. */
struct place life_place(struct life *l, const char *with, bool only_open);

/* life_outside.c: what other systems do */
void life_message(struct life *l);
void life_settle(struct life *l);
void life_undone(struct life *l);
void life_parent(struct life *l);
void life_kin(struct life *l);

/* life_identity.c */
const struct value *life_held(struct life *l);
void life_identify(struct life *l);
/** Perhaps he also looks who asks. */
void life_look_who(struct life *l, struct command *cmd);

/* life_do.c */
/** Of a draw that is to come, which only the engine has. */
void life_tell_seed(struct life *l);
struct actor life_actor(const struct life *l, const struct value *step, const struct value *action);

/* life_annul.c */
void life_annul(struct life *l);
void life_annul_older(struct life *l);

/* life_late.c */
/** Perhaps it happened earlier, in the open step at @path. */
void life_backdate(struct life *l, struct command *cmd, const char *path);
/** What happened earlier may be recorded by one who has no role of the step. */
void life_record_for(struct life *l, struct command *cmd, const struct value *step,
                     const struct value *action);
/** Perhaps he says why it is late. */
void life_explain(struct life *l, struct command *cmd);
void life_contradict(struct life *l);
/** It was handed in on paper, and now and then is told by who may not. */
void life_open_late(struct life *l, struct command *cmd);
void life_withdraw_late(struct life *l, struct command *cmd);
void life_outage(struct life *l);
void life_extend(struct life *l);

/* life_office.c */
void life_rest(struct life *l);
void life_reopen(struct life *l);
void life_start(struct life *l);
void life_lane(struct life *l);
void life_label(struct life *l);
void life_claim(struct life *l);
void life_material(struct life *l);
/** Ids of materials: what the notice with this definition may be of. */
struct value life_missing(struct life *l, const struct value *action);

/* life_more.c */
void life_vote(struct life *l);
/** Into a ballot that time has closed; false: there was none. */
bool life_vote_late(struct life *l);
void life_paper(struct life *l);

#endif
