/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_CARDS_H
#define API_CARDS_H

#include "api/app.h"

/** Whether he sees the register of cards: who leads, supervises or audits. */
bool cards_may_see(const struct session *s);

/** A department sees its own cards; the hall, its supervisors and auditors those @asked for. */
const char *cards_department(const struct session *s, const char *asked);

/** Appends a row of card_list to a list. */
void view_card(struct text *t, const PGresult *res, int row);

#endif
