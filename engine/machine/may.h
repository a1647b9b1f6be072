/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_MAY_H
#define MACHINE_MAY_H

#include "machine/machine.h"

/** A step, and whose it is. */
struct post {
    const struct step *step;
    const char *department; /* NULL: any that may do it, where that is not decided yet */
};

/** Open step @v. */
struct post visit_post(const struct workflow *w, const struct visit *v);

/** Step @s, whether it is open or not; NULL: none. */
struct post step_post(const struct step *s);

/**
 * The one rule about departments: does he hold @role in @district for the step of @at, or (NULL)
 * for the case as a whole?  He is then of the department that does the step, or that leads; or of
 * none, and so of the hall, whose windows serve the applicants of every department.
 */
bool serves_as(const struct workflow *w, const struct post *at, const char *district,
               const struct actor *who, const char *role);

/**
 * Which cases he sees, and may give any command in: those of @district (NULL: of any), where his
 * department leads, does or may do a step, or issues a certificate, or his system answers a step.
 * Who is no account sees what his code opens.  ERROR_FORBIDDEN.
 */
MUST_CHECK bool may_look(const struct workflow *w, const char *district, const struct actor *who,
                         struct error *e);

/** Supervisor or head of the department that leads or, where @at is not NULL, of that of its step.
 */
const char *leader_role(const struct workflow *w, const struct post *at, const char *district,
                        const struct actor *who);

/** The first of @n roles in which he serves the case as a whole; NULL: none. */
const char *role_among(const struct workflow *w, const char *const *role, uint16_t n,
                       const char *district, const struct actor *who);

/**
 * In which role may @who act in the step of @at of a case in @district?  NULL: he may
 * not.  A window (that of the step's or of the leading department) may act for the
 * applicant and for anybody, as may an agent under the applicant's mandate; the role `import`
 * brings in what others did elsewhere.
 */
const char *step_role(const struct workflow *w, const struct post *at, const char *district,
                      const struct actor *who);

/**
 * With which of the ranks of backdateBy @who says that something happened earlier, in the step of
 * @around or (NULL) in the case as a whole; NULL: with none.
 */
const char *backdating_role(const struct workflow *w, const struct post *around,
                            const char *district, const struct actor *who);

/**
 * In which role may @who record what others did earlier in the step of @at, by @a (NULL: whatever),
 * without the step's role: one of backdateBy, of the department that does the step or that leads.
 * He answers for it, as who has acted there; no outside system's word is his, and no signature.
 */
const char *recorder_role(const struct workflow *w, const struct post *at, const struct action *a,
                          const char *district, const struct actor *who);

/**
 * In which role may the command's actor give it in the step of @at?  To act needs the
 * step's role, or, of what happened earlier, recorder_role(); to stop, resume, claim and release
 * are for staff only, and who leads there, leader_role(), may stop, resume and release, too.
 */
const char *command_role(const struct workflow *w, const struct post *at, const char *district,
                         const struct command *cmd);

/**
 * In which role may @who take action @a of the step of @at: to sign what several persons
 * sign, one of their roles; else the step's.
 */
const char *action_role(const struct workflow *w, const struct post *at, const struct action *a,
                        const char *district, const struct actor *who);

/**
 * In which role may @who start optional step @s in the region of @around (no step: of the case),
 * whose department it is; a window for the applicant?
 */
const char *start_role(const struct workflow *w, const struct step *s, const struct post *around,
                       const char *district, const struct actor *who);

/**
 * In which role may @who prepare @action of step @s: in which he could take it, later?  NULL
 * @action: any of the step's.
 */
const char *prepare_role(const struct workflow *w, const struct step *s,
                         const struct action *action, const char *district,
                         const struct actor *who);

/** In which role may @who reopen a case on ground @rule? */
const char *reopening_role(const struct workflow *w, const struct reopening_rule *rule,
                           const char *district, const struct actor *who);

/** May he say of what concerns a case in @district that it happened earlier than he says it? */
bool may_backdate(const struct workflow *w, const char *district, const struct actor *who);

/**
 * In which role may he withdraw a case; one that was withdrawn earlier than he says takes down who
 * may say so, too?  NULL: he may not.  (may_give.c)
 */
const char *withdrawal_role(const struct workflow *w, const char *district,
                            const struct command *cmd);

/** machine_may() of an actor who is known to be an agent, where he is one. */
MUST_CHECK bool may_give(const struct workflow *w, const struct case_state *c,
                         const struct command *cmd, struct error *e);

/** May he revoke and replace certificates of this kind? */
bool may_discard(const struct workflow *w, const struct certificate_kind *kind,
                 const char *district, const struct actor *who);

/** Whether there is such an action of the command on materials.  (materials.c) */
bool material_action(const char *action);

/** In which role may he give a command on materials?  NULL: he may not.  (materials.c) */
const char *material_role(const struct workflow *w, const struct command *cmd,
                          const char *district);

/**
 * What @who may not do now, but record as having happened earlier: recorder_role(), in what
 * machine_allowed() lists for others.
 */
size_t machine_recordable(const struct workflow *w, const struct case_state *c,
                          const struct actor *who, struct arena *a, struct allowed **out);

/** Does he hold @role, of whatever department, and does his district include @district? */
bool actor_is(const struct actor *who, const char *role, const char *district);

#endif
