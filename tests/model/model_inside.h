/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MODEL_MODEL_INSIDE_H
#define TESTS_MODEL_MODEL_INSIDE_H

#include "tests/model/model.h"

/* What the files of the model share. */

/* model.c */
/** A copy that arena_grow() may grow. */
void *model_list_copy(struct arena *a, const void *list, uint32_t n, size_t size);
struct model *model_refuse(enum error_code *why, enum error_code is);
struct model *model_catch_up(const struct model *m, struct arena *a, instant now);
/** What is due before @now happens to @out. */
void model_fall_due(struct model *out, instant now);
struct stay *model_stay(struct model *m, const char *path);
/** What follows a command: limits by condition are chosen again where @before differs. */
struct model *model_done(struct model *m, const struct model *before, enum error_code *why);
struct model *model_or_why(struct model *m, enum error_code *why); /* NULL: it has failed */
void model_saw(struct model *m, enum construct c);

void model_choose_again(struct model *m, const struct model *before);
void model_choose_all(struct model *m);

/* model_letters.c: kept ones, after something has happened; when the case is closed */
void model_look_at_letters(struct model *m);
void model_close_letters(struct model *m);
bool model_came_before(struct model *m, const struct mail *l);
struct mail *model_new_letter(struct model *m, const struct mail *like);

/* model_people.c */
const struct signing *model_first_signing(const struct stay *s, const char *action);
enum error_code model_may_sign(const struct stay *s, const char *action,
                               const struct value *signers, const char *actor, const char *role);
/** Adds a signature; whether it was the last one. */
bool model_sign(struct model *m, struct stay *s, const char *action, const struct value *signers,
                const char *actor, const char *role);
void model_open_ballot(struct model *m, struct stay *s);
/** As of @at, at which it closed, also where that could be done only later. */
const char *model_close_ballot(struct model *m, struct stay *s,
                               instant at); /* where its result leads */
bool model_rolls_stand(const struct model *m);

/* model_annul.c */
/** @out now, in a case that has come to @m. */
struct model *model_as_if(struct model *out, const struct model *m, struct arena *a, instant now);
/**
 * Whether an act is taken back: the @n models are those from before it to now, and @without is
 * what is if it is (NULL: what others did since cannot be as they did it).
 */
bool model_can_annul(const struct model *const *m, size_t n, const struct model *without);
/** Whether something has left the house with what lies between, or a person must look at it. */
bool model_left_a_trace(const struct model *before, const struct model *after);
/** Whether what led to @again was the same deed, to the same end, as what led to @after. */
bool model_did_the_same(const struct model *before, const struct model *after,
                        const struct model *before_again, const struct model *again);
/** It is one of the names written. */
void model_wrote(struct model *m, const char *name);

/* model_office.c */
void model_choose_lane(struct model *m);
void model_put_label(struct model *m, const struct value *effect);
/** Somebody else has claimed it, and may act alone. */
bool model_is_held(struct model *m, const struct stay *s, const char *actor);

/* model_silence.c */
void model_before_silence(struct model *m, const struct stay *s);

/* model_turns.c: who is at work; clocks of each department */
const char *model_holder(const struct model *m, const struct stay *s);
const char *model_department(const struct model *m, const struct stay *s);
void model_choose_department(struct model *m, struct stay *s); /* as it is entered */
void model_start_turns(struct model *m);
void model_start_clocks(struct model *m, struct stay *s, const char *mark);
const char *model_clock_of(struct model *m, const struct stay *s, const char *id);

/* model_past.c: what was; the course of each clock by it; a course up to now */
void model_remember(struct model *m, const struct stay *s);
void model_halted(struct model *m, int32_t stay, int32_t number, bool declared); /* 0: the case */
void model_resumed(struct model *m, int32_t number);
struct past *model_past(const struct model *m, int32_t number); /* NULL */
/** Silence ends @s and what is inside: whoever acted there after @since was too late. */
void model_overtakes(struct model *m, const struct stay *s, instant since);
void model_is_past(struct model *m, const struct stay *s);
void model_not_before(struct model *m, const struct stay *s);
void model_count_again(struct model *m);
void model_count_begun(struct model *m, int32_t last); /* watches after that number */
void model_cut(struct model *m, struct watch *w);

/* model_late.c */
void model_too_early(struct model *m);
bool model_may_say_when(const struct model *m, const char *role);
/**
 * Who has no role of @step, the lives' `supervisor`, may record @action as done by those who have
 * one, at an earlier moment; of all others the lives let act only who has.
 */
bool model_speaks_for(const struct model *m, const struct value *step, const struct value *action,
                      const char *role, instant when);
bool model_happened(struct model *m, instant when, instant earliest, const char *role,
                    enum error_code *why);
void model_learned(struct model *m);
/** The newest stay at @path that time ended after @when; NULL. */
const struct past *model_silent_stay(const struct model *m, const char *path, const char *action,
                                     instant when);
struct model *model_contradict(struct model *m, const struct past *p, const char *role,
                               instant when, enum error_code *why);

/** Whether who acts in @s for the house is to say why it is late. */
bool model_is_late(struct model *m, const struct stay *s, const char *role);
/** Whether what is handed in @when may be told now, of a case that began, or began again, then. */
bool model_may_tell(const struct model *m, instant when, instant began, const char *role,
                    enum error_code *why);
/** Whether anything has moved the case after @when; @by_time: the stay that time was first to end.
 */
bool model_has_moved(const struct model *m, instant when, const struct past **by_time);

/* model_things.c */
void model_open_things(struct model *m);
int64_t model_owed(const struct model *m);
/** When time does something about it; INSTANT_NONE: never. */
instant model_thing_due(const struct model *m, const struct thing *t);
void model_thing_is_due(struct model *m, struct thing *t);
void model_found(struct model *m, const struct value *effect);
enum error_code model_may_notify(struct model *m, const struct value *list);
/** @def: the action that is the notice. */
void model_notify(struct model *m, const struct value *def, const struct value *list);

/** What a certificate stands for that the party holds, as soon as it is known who asks. */
uint32_t model_fetch_held(struct model *m);

/* model_stuck.c */
bool model_is_jammed(const struct model *m, struct jam j);
void model_jam(struct model *m, struct jam j);
void model_unjam(struct model *m, struct jam j);
/* Leaves those that are stuck in @now, too: an annulment brings none back. */
void model_jams_as_in(struct model *m, const struct model *now);
void model_has_happened(struct model *m);
struct stay *model_jammed_stay(const struct model *m, const struct jam *j);
/** When the silence of @s was to have its effect in law; INSTANT_NONE: it has none. */
instant model_law_says(const struct stay *s, int timer);
/** Silence of @s, or of a stay around it, had its effect in law before @when, though not done. */
bool model_is_overtaken(const struct model *m, const struct stay *s, instant when);
/** The same for what would move @s by itself, which then has failed. */
bool model_must_wait(struct model *m, const struct stay *s, instant when);
/** The tolerance of @t had ended before @when, though nothing could follow. */
bool model_has_fallen(const struct model *m, const struct thing *t, instant when);
/** A copy on which something is tried: what it says does not show in @m. */
struct model *model_try(struct model *m);
struct text model_text_apart(struct arena *a, const struct text *t);
/** The letters alone; whether something became of any. */
bool model_letters_taken(struct model *m);
void model_show_jams(const struct model *m, struct text *t);

/* model.c */
void model_give_up(struct model *m);

/* model_identity.c */
enum error_code model_may_look(const struct model *m, const char *document);
void model_look_who(struct model *m, const char *actor);
void model_tell_who(struct model *m, const struct kid *k);

/* model_beside.c */
bool model_is_optional(const struct stay *s);
void model_vacate(struct stay *s);
void model_clear(struct model *m, struct room *r);
bool model_is_awaited(struct model *m, const struct stay *s); /* then it has failed */
/** Fails where who acts should have named the document of a notice. */
void model_ask_paper(struct model *m);
void model_acts(struct model *m, const struct stay *in); /* NULL: in none */

/* model_chance.c, model_papers.c */
void model_draw(struct model *m, const struct value *def);
void model_issue(struct model *m, const char *kind);
void model_give_withheld(struct model *m);
void model_drop_withheld(struct model *m, const char *kind);
/** It is revoked, unless it was revoked or replaced; what comprises it holds no more as a whole. */
void model_lose_paper(struct model *m, uint32_t paper);

/* model_regret.c */
/** @s: where it is sent; NULL: it takes @undoes back. */
void model_send(struct model *m, const char *system, struct value data, const struct stay *s,
                int32_t undoes);
void model_may_regret(struct model *m, const struct stay *s, const struct value *undo,
                      const char *system, int32_t message);
void model_doom(struct model *m, int32_t stay,
                const char *branch); /* NULL: all in the stay; 0: all */
/* @s is left by a message or timer of its own: with rooms in it, that is from outside. */
void model_break_off(struct model *m, const struct stay *s);
void model_take_back(struct model *m);
bool model_awaits(const struct model *m, const struct stay *s);

/* model_stand.c: parent and children tell one another that they stand */
void model_tell(struct model *m, int64_t to, const char *what, int32_t child,
                const struct value *value);
void model_stand_as_kin(struct model *m, struct stay *s);
void model_tell_kin(struct model *m, const struct stay *s);
void model_tell_newborn(struct model *m, const struct kid *k);
void model_tell_parent(struct model *m, const char *what, const char *outcome);
void model_tell_standing(struct model *m);

/* model_kin.c */
struct kid *model_kid(struct model *m, int32_t number);
struct stay *model_waiting_stay(struct model *m, const struct kid *k);
bool model_cascades(const struct stay *s, const char *how);
void model_open_apart(struct model *m, const struct value *def);
void model_ask_kin(struct model *m, struct stay *s);
void model_leave_kin(struct model *m, const struct stay *s);
bool model_has_kin(const struct model *m, const struct stay *s);
struct value model_kin_tally(struct model *m, const struct stay *s, const char *of);

/* model_join.c: whether the join is met (1), can be no more (-1), or waits */
int model_join(struct model *m, struct stay *s);
void model_kin_joined(struct model *m, struct stay *s);
void model_make_branches(struct model *m, struct stay *s);

/* model_table.c: where a decision leads; NULL when it fails */
const char *model_decide(struct model *m, const struct value *decide);

/* model_show.c */
const struct watch *model_leading(const struct model *m); /* NULL: none runs */
bool model_has_rooms(const struct stay *s);
bool model_has_rooms_by(const struct value *def);
/* model_say.c */
struct value model_value(struct model *m, const struct value *x);
/** @now, or, where what was done is done again, what it was then. */
struct value model_as_then(struct model *m, struct value now);
bool model_holds(struct model *m, const struct value *x); /* NULL: yes */
/** The same of a limit, which is chosen by what is now, whatever is done as it was done. */
bool model_holds_now(struct model *m, const struct value *x);
/** What stands at a path of an expression; null: nothing. */
struct value model_look_up(struct model *m, const char *path);
struct value model_value_now(struct model *m, const struct value *x);
struct note *model_note(struct model *m, const char *path);

/* model_time.c */
instant model_period(const struct model *m, const char *length, bool applicant, instant from);
void model_choose(struct model *m, struct watch *w);
instant model_due(const struct model *m, const struct watch *w); /* INSTANT_NONE: it has none */
bool model_extended_late(const struct model *m, const struct watch *w);
instant model_blue(const struct model *m, const struct watch *w); /* likewise */
bool model_is_timed(const struct watch *w);
void model_settle_clocks(struct model *m); /* after something has happened */
/** By what @s does inside @scope (NULL: the case), in the regions @over (NULL: all) of it; optional
 * steps move no clock around them, but one over their stage. */
bool model_drives(const struct stay *s, const struct value *over, const struct stay *scope);
void model_restand(struct model *m);
void model_end(struct model *m, struct watch *w, bool cancelled);
bool model_stands(const struct watch *w);
/** Whether a stay, or one around it, or the case, stops the clocks. */
bool model_stopped(const struct model *m, const struct stay *s);

/* model.c: every stay inside @s (NULL: of the case), in the order of entering */
uint32_t model_stays(const struct model *m, const struct stay *inside, struct stay **out);
uint32_t model_watches(const struct model *m, struct watch **out); /* all that run */

/* model_move.c: the parts of a move */
const char *model_path(struct model *m, const struct room *room, const char *id);
const char *model_region_of(struct model *m, const struct stay *s); /* as the definition has it */
const struct value *model_find(const struct room *room, const char *id); /* a step; NULL */
void model_mark(struct model *m, const char *id);
void model_marks(struct model *m, const struct value *of);
/** @s: the stay they are of; NULL: none. */
void model_effects(struct model *m, const struct value *of, const struct stay *s);
bool model_outsiders_time(const struct stay *s);
void model_start_watch(struct model *m, const char *id, const struct value *def,
                       const struct value *limit, struct stay *scope);
/** Timer @at of the step in its order: moves, then reminders, each as the keys stand. */
const struct value *model_timer(const struct stay *s, uint32_t at, const char **length);
void model_enter(struct model *m, struct room *room, const char *id);
void model_leave(struct model *m, struct stay *s, bool cancelled);
/** Leaves @s and goes @to, which is seen from where it stands; NULL: nowhere. */
void model_leave_by(struct model *m, struct stay *s, const char *to);

#endif
