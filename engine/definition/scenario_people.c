/* SPDX-License-Identifier: Apache-2.0 */
/* Who acts in a scenario, who acts for the applicant, who answers for the case. */
#include <string.h>

#include "definition/scenario_reader.h"

bool
sentence_actor(struct sentence *s, struct scenario_actor *who)
{
    if (!sentence_need(s, "who does something", &who->role))
        return false;
    who->party = !strcmp(who->role, "applicant") ? PARTY_APPLICANT
                 : !strcmp(who->role, "public")  ? PARTY_PUBLIC
                 : !strcmp(who->role, "system")  ? PARTY_SYSTEM
                 : !strcmp(who->role, "voter")   ? PARTY_VOTER
                 : !strcmp(who->role, "agent")   ? PARTY_AGENT
                                                 : PARTY_ROLE;
    if (who->party == PARTY_SYSTEM)
        return sentence_need(s, "the name of the system", &who->role);
    if (who->party == PARTY_VOTER)
        return sentence_text(s, &who->name);
    if (who->party == PARTY_ROLE && sentence_take(s, "of") &&
        !sentence_need(s, "the department", &who->department))
        return false;
    if (who->party == PARTY_ROLE && sentence_take(s, "in") &&
        !sentence_need(s, "the district's code", &who->district))
        return false;
    if (!sentence_done(s) && *s->at == '"')
        return sentence_text(s, &who->name);
    return who->party != PARTY_AGENT || sentence_wrong(s, "an agent has a name in quotes");
}

static bool
read_day(struct sentence *s, const char *word, day *out)
{
    instant unused;
    bool has_time;

    if (!sentence_take(s, word))
        return true;
    return (sentence_time(s, out, &unused, &has_time) && !has_time) ||
           sentence_wrong(s, "after \"%s\" the date is missing, as in \"2026-03-31\"", word);
}

/* What stands behind "for", up to the next of these words. */
static bool
read_scope(struct sentence *s, struct scenario_line *l)
{
    const char *const *known = (const char *const[]){"from", "until", "document", NULL};
    const char *before, *word;

    if (!sentence_take(s, "for"))
        return true;
    for (;;) {
        bool over = false;

        (void)sentence_done(s); /* to the next word */
        before = s->at;
        word = sentence_word(s);
        for (size_t i = 0; word && known[i]; i++)
            over = over || !strcmp(word, known[i]);
        if (!word || over)
            break;
        l->scope = arena_grow(s->arena, (void *)l->scope, l->n_scope, sizeof(*l->scope));
        ((const char **)l->scope)[l->n_scope++] = word;
    }
    s->at = before;
    return l->n_scope || sentence_wrong(s, "after \"for\" it is missing what he may do");
}

bool
sentence_mandate(struct sentence *s, struct scenario_line *l)
{
    if (!sentence_actor(s, &l->about))
        return false;
    if (l->about.party != PARTY_AGENT && strcmp(l->about.role, "helper") != 0)
        return sentence_wrong(s, "name who acts for him: agent \"NAME\" or helper");
    return read_scope(s, l) && read_day(s, "from", &l->from) && read_day(s, "until", &l->until) &&
           sentence_papers(s, l);
}

bool
sentence_opening(struct sentence *s, struct scenario_line *l)
{
    if (!sentence_take(s, "with")) {
        if (!sentence_papers(s, l))
            return false;
        return (!l->document && !l->explanation) ||
               sentence_wrong(s, "an opening may have a reason and \"happened\", and its form");
    }
    if (!sentence_take(s, "mandate") || !sentence_take(s, "of"))
        return sentence_wrong(s, "write \"opens with mandate of agent \"NAME\"\" or \"of helper\"");
    return sentence_mandate(s, l);
}

bool
sentence_entrust(struct sentence *s, struct scenario_line *l)
{
    if (!sentence_actor(s, &l->about))
        return false;
    return l->about.party == PARTY_ROLE
               ? sentence_papers(s, l)
               : sentence_wrong(s, "a case is entrusted to somebody of the house");
}

bool
sentence_first_handler(struct sentence *s, struct expectation *x)
{
    return sentence_actor(s, &x->who) &&
           (x->who.party == PARTY_ROLE ||
            sentence_wrong(s, "the first handler is somebody of the house"));
}
