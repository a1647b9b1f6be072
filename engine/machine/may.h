/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_MAY_H
#define MACHINE_MAY_H

#include "machine/machine.h"

/**
 * In which role may @who act in step @s of a case in @district?  NULL: he may
 * not.  A window may act for the applicant and for anybody, as may an agent under
 * the applicant's mandate; the role `import` brings in what others did elsewhere.
 */
const char *step_role(const struct workflow *w, const struct step *s, const char *district,
                      const struct actor *who);

/**
 * In which role may the command's actor give it in step @s?  To act needs the
 * step's role; to stop, resume, claim and release are for staff only, and
 * `head` and `supervisor` may stop, resume and release in every step.
 */
const char *command_role(const struct workflow *w, const struct step *s, const char *district,
                         const struct command *cmd);

/**
 * In which role may @who take action @a of step @s: to sign what several persons
 * sign, one of their roles; else the step's.
 */
const char *action_role(const struct workflow *w, const struct step *s, const struct action *a,
                        const char *district, const struct actor *who);

/**
 * In which role may @who start optional step @s, of the department whose region it is; a window
 * for the applicant?
 */
const char *start_role(const struct workflow *w, const struct step *s, const char *district,
                       const struct actor *who);

/**
 * In which role may @who prepare @action of step @s: in which he could take it, later?  NULL
 * @action: any of the step's.
 */
const char *prepare_role(const struct workflow *w, const struct step *s,
                         const struct action *action, const char *district,
                         const struct actor *who);

/** In which role may @who reopen a case on ground @rule? */
const char *reopening_role(const struct reopening_rule *rule, const char *district,
                           const struct actor *who);

/** machine_may() of an actor who is known to be an agent, where he is one. */
MUST_CHECK bool may_give(const struct workflow *w, const struct case_state *c,
                         const struct command *cmd, struct error *e);

/** Is he a head or supervisor there? */
bool leads(const struct actor *who, const char *district);

/** May he revoke and replace certificates of this kind? */
bool may_discard(const struct workflow *w, const struct certificate_kind *kind,
                 const char *district, const struct actor *who);

/** In which role may he give a command on materials?  NULL: he may not.  (materials.c) */
const char *material_role(const struct command *cmd, const char *district);

/** Does he hold @role, and does his district include @district? */
bool actor_is(const struct actor *who, const char *role, const char *district);

#endif
