/* SPDX-License-Identifier: Apache-2.0 */
/* Who does what in a line of a scenario. */
#include <string.h>

#include "definition/scenario_reader.h"

static bool
read_object(struct sentence *s, struct value *out)
{
    if (!sentence_json(s, out))
        return false;
    return out->kind == VALUE_NULL || out->kind == VALUE_OBJECT ||
           sentence_wrong(s, "a JSON object is expected");
}

bool
sentence_papers(struct sentence *s, struct scenario_line *l)
{
    day d = instant_day(l->at);
    bool has_time;

    if (sentence_take(s, "document") && !sentence_text(s, &l->document))
        return false;
    if (sentence_take(s, "reason") && !sentence_text(s, &l->reason))
        return false;
    if (sentence_take(s, "explanation") && !sentence_text(s, &l->explanation))
        return false;
    if (!sentence_take(s, "happened"))
        return true;
    return (sentence_time(s, &d, &l->happened, &has_time) && has_time) ||
           sentence_wrong(s,
                          "after \"happened\" the moment is missing, as in \"2026-03-02 10:00\"");
}

static bool
read_does(struct sentence *s, struct scenario_line *l)
{
    if (!sentence_need(s, "the action", &l->action))
        return false;
    if (sentence_take(s, "in") && !sentence_need(s, "the path of a step", &l->step))
        return false;
    l->prepared = sentence_take(s, "as");
    if (l->prepared && !sentence_take(s, "prepared"))
        return sentence_wrong(s, "after \"as\" the word \"prepared\" is missing");
    if (!sentence_papers(s, l) ||
        (sentence_take(s, "identified") && !sentence_text(s, &l->identified)))
        return false;
    return read_object(s, &l->input);
}

/* prepares ACTION in STEP [document "…"] [JSON] */
static bool
read_prepares(struct sentence *s, struct scenario_line *l)
{
    if (!sentence_need(s, "the action", &l->action))
        return false;
    if (!sentence_take(s, "in"))
        return sentence_wrong(s, "after the action \"in\" and the path of a step are missing");
    return sentence_need(s, "the path of a step", &l->step) && sentence_papers(s, l) &&
           read_object(s, &l->input);
}

static bool
read_stops(struct sentence *s, struct scenario_line *l)
{
    if (!sentence_need(s, "the path of a step", &l->step))
        return false;
    if (!sentence_take(s, "on"))
        return sentence_wrong(s, "after the step \"on\" and the ground are missing");
    return sentence_need(s, "the ground", &l->ground) && sentence_papers(s, l);
}

static bool
read_resumes(struct sentence *s, struct scenario_line *l)
{
    if (!sentence_take(s, "stop"))
        return sentence_wrong(s, "write \"resumes stop 1\"");
    return sentence_number(s, "the number of the stop", &l->number) && sentence_papers(s, l);
}

static bool
read_annuls(struct sentence *s, struct scenario_line *l)
{
    if (sentence_take(s, "outage")) {
        l->verb = VERB_ANNULS_OUTAGE;
        return sentence_number(s, "the number of the outage", &l->number) && sentence_papers(s, l);
    }
    if (!sentence_take(s, "record"))
        return sentence_wrong(s, "write \"annuls record 2\" or \"annuls outage 1 reason \"…\"\"");
    return sentence_number(s, "the number of the record", &l->number) && sentence_papers(s, l);
}

static bool
read_step(struct sentence *s, struct scenario_line *l)
{
    return sentence_need(s, "the path of a step", &l->step);
}

static bool
read_holds(struct sentence *s, struct scenario_line *l)
{
    return read_step(s, l) && sentence_papers(s, l);
}

static bool
read_reconciles(struct sentence *s, struct scenario_line *l)
{
    return sentence_papers(s, l);
}

/* reopens [on GROUND] [document "…"] reason "…" */
static bool
read_reopens(struct sentence *s, struct scenario_line *l)
{
    return (!sentence_take(s, "on") || sentence_need(s, "the ground", &l->ground)) &&
           sentence_papers(s, l);
}

static bool
read_extends(struct sentence *s, struct scenario_line *l)
{
    return sentence_need(s, "the name of a clock", &l->clock) && sentence_papers(s, l);
}

/* votes CHOICE [in STEP], of a voter; else votes CHOICE for "VOTER" [in STEP] */
static bool
read_votes(struct sentence *s, struct scenario_line *l)
{
    const bool himself = l->actor.party == PARTY_VOTER;

    if (!sentence_need(s, "the choice", &l->action))
        return false;
    if (!himself && !sentence_take(s, "for"))
        return sentence_wrong(s, "write \"votes agree for \"VOTER\"\"");
    l->voter = l->actor.name;
    return (himself || sentence_text(s, &l->voter)) &&
           (!sentence_take(s, "in") || sentence_need(s, "the path of a step", &l->step)) &&
           sentence_papers(s, l);
}

/* says NAME [as "ID"] [in STEP] [JSON] */
static bool
read_says(struct sentence *s, struct scenario_line *l)
{
    if (l->actor.party != PARTY_SYSTEM)
        return sentence_wrong(s, "only a system says something, as in \"system tax says report\"");
    if (!sentence_need(s, "the name of the message", &l->action))
        return false;
    if (sentence_take(s, "as") && !sentence_text(s, &l->message))
        return false;
    if (sentence_take(s, "in") && !sentence_need(s, "the path of a step", &l->step))
        return false;
    return read_object(s, &l->input);
}

/* settles letter N [in STEP] */
static bool
read_settles(struct sentence *s, struct scenario_line *l)
{
    if (!sentence_take(s, "letter"))
        return sentence_wrong(s, "write \"settles letter 1 reason \"…\"\"");
    return sentence_number(s, "the number of the letter", &l->number) &&
           (!sentence_take(s, "in") || sentence_need(s, "the path of a step", &l->step)) &&
           sentence_papers(s, l);
}

static bool
read_retries(struct sentence *s, struct scenario_line *l)
{
    if (!sentence_take(s, "child"))
        return sentence_wrong(s, "write \"retries child 2 reason \"…\"\"");
    return sentence_number(s, "the number of the child case", &l->number) && sentence_papers(s, l);
}

/* child N is born | ends OUTCOME | fails ["…"] | stands | goes on */
static bool
read_child(struct sentence *s, struct scenario_line *l)
{
    static const char *const known[] = {"is", "ends", "fails", "stands", "goes", NULL};
    const char *word;

    if (!sentence_number(s, "the number of the child case", &l->number) ||
        !sentence_need(s, "what became of it", &word))
        return false;
    l->verb = VERB_ENDS;
    if (!strcmp(word, "ends"))
        return sentence_need(s, "the outcome", &l->action);
    if (!strcmp(word, "is")) {
        l->verb = VERB_IS_BORN;
        return sentence_take(s, "born") || sentence_wrong(s, "write \"child 1 is born\"");
    }
    if (!strcmp(word, "stands") || !strcmp(word, "goes")) {
        l->verb = *word == 's' ? VERB_STANDS : VERB_GOES_ON;
        return *word == 's' || sentence_take(s, "on") ||
               sentence_wrong(s, "write \"child 1 goes on\"");
    }
    if (strcmp(word, "fails") != 0)
        return sentence_unknown(s, "deed of a child case", word, known);
    l->action = "failed";
    return sentence_done(s) || *s->at != '"' || sentence_text(s, &l->reason);
}

/* revokes certificate N, revokes mandate N, replaces certificate N */
static bool
read_certificate(struct sentence *s, struct scenario_line *l)
{
    if (l->verb == VERB_REVOKES && sentence_take(s, "mandate")) {
        l->verb = VERB_REVOKES_MANDATE;
        return sentence_number(s, "the number of the mandate", &l->number) && sentence_papers(s, l);
    }
    if (!sentence_take(s, "certificate"))
        return sentence_wrong(s, "write \"revokes certificate 1 reason \"…\"\" or \"revokes "
                                 "mandate 1\"");
    return sentence_number(s, "the number of the certificate", &l->number) && sentence_papers(s, l);
}

/* receives material ID, rejects material ID … */
static bool
read_material(struct sentence *s, struct scenario_line *l)
{
    if (!sentence_take(s, "material"))
        return sentence_wrong(s, "write \"receives material ID\"");
    return sentence_need(s, "the material", &l->material) && sentence_papers(s, l);
}

/* allows another notice */
static bool
read_allows(struct sentence *s, struct scenario_line *l)
{
    if (!sentence_take(s, "another") || !sentence_take(s, "notice"))
        return sentence_wrong(s, "write \"allows another notice reason \"…\"\"");
    return sentence_papers(s, l);
}

/* puts label ID, removes label ID */
static bool
read_label(struct sentence *s, struct scenario_line *l)
{
    if (!sentence_take(s, "label"))
        return sentence_wrong(s, "write \"puts label ID\" or \"removes label ID\"");
    return sentence_need(s, "the label", &l->label);
}

/* moves into lane ID, moves out of lane */
static bool
read_moves(struct sentence *s, struct scenario_line *l)
{
    const bool out = sentence_take(s, "out");

    if (!sentence_take(s, out ? "of" : "into") || !sentence_take(s, "lane"))
        return sentence_wrong(s, "write \"moves into lane ID\" or \"moves out of lane\"");
    return (out || sentence_need(s, "the lane", &l->lane)) && sentence_papers(s, l);
}

/* hands over to DISTRICT, hands back */
static bool
read_hands(struct sentence *s, struct scenario_line *l)
{
    if (sentence_take(s, "back")) {
        l->verb = VERB_HANDS_BACK;
        return sentence_papers(s, l);
    }
    if (!sentence_take(s, "over") || !sentence_take(s, "to"))
        return sentence_wrong(s, "write \"hands over to 371503\" or \"hands back\"");
    return sentence_need(s, "the district's code", &l->district) && sentence_papers(s, l);
}

/* identifies by "DOCUMENT" */
static bool
read_identifies(struct sentence *s, struct scenario_line *l)
{
    if (!sentence_take(s, "by"))
        return sentence_wrong(s, "write \"identifies by \"DOCUMENT\"\"");
    return sentence_text(s, &l->document);
}

static bool
read_takes(struct sentence *s, struct scenario_line *l)
{
    (void)l;
    return sentence_take(s, "over") || sentence_wrong(s, "write \"takes over\"");
}

static bool
read_moment(struct sentence *s, const char *word, day *d, instant *out)
{
    bool has_time;

    return (sentence_take(s, word) && sentence_time(s, d, out, &has_time) && has_time) ||
           sentence_wrong(s, "write \"records outage from 2026-03-02 10:00 until 11:00 reason "
                             "\"…\"\"");
}

/* records outage from MOMENT until MOMENT [document "…"] reason "…" */
static bool
read_records(struct sentence *s, struct scenario_line *l)
{
    day d = instant_day(l->at);

    if (!sentence_take(s, "outage"))
        return sentence_wrong(s, "only an outage is recorded");
    return read_moment(s, "from", &d, &l->began) && read_moment(s, "until", &d, &l->ended) &&
           sentence_papers(s, l);
}

static bool
read_opens(struct sentence *s, struct scenario_line *l)
{
    return sentence_opening(s, l) && read_object(s, &l->input);
}

static bool
read_withdraws(struct sentence *s, struct scenario_line *l)
{
    return sentence_papers(s, l);
}

static bool
read_amends(struct sentence *s, struct scenario_line *l)
{
    return read_object(s, &l->input) && sentence_papers(s, l);
}

static const struct {
    const char *word;
    enum scenario_verb verb;
    bool (*rest)(struct sentence *s, struct scenario_line *l);
    const char *action; /* MATERIAL, LABELS: what the word says is done; NULL */
} verbs[] = {
    {"opens", VERB_OPENS, read_opens, NULL},
    {"does", VERB_DOES, read_does, NULL},
    {"stops", VERB_STOPS, read_stops, NULL},
    {"resumes", VERB_RESUMES, read_resumes, NULL},
    {"extends", VERB_EXTENDS, read_extends, NULL},
    {"claims", VERB_CLAIMS, read_step, NULL},
    {"releases", VERB_RELEASES, read_step, NULL},
    {"withdraws", VERB_WITHDRAWS, read_withdraws, NULL},
    {"amends", VERB_AMENDS, read_amends, NULL},
    {"annuls", VERB_ANNULS, read_annuls, NULL},
    {"revokes", VERB_REVOKES, read_certificate, NULL},
    {"replaces", VERB_REPLACES, read_certificate, NULL},
    {"votes", VERB_VOTES, read_votes, NULL},
    {"holds", VERB_HOLDS, read_holds, NULL},
    {"continues", VERB_CONTINUES, read_step, NULL},
    {"reconciles", VERB_RECONCILES, read_reconciles, NULL},
    {"says", VERB_SAYS, read_says, NULL},
    {"settles", VERB_SETTLES, read_settles, NULL},
    {"retries", VERB_RETRIES, read_retries, NULL},
    {"starts", VERB_STARTS, read_holds, NULL},
    {"reopens", VERB_REOPENS, read_reopens, NULL},
    {"receives", VERB_MATERIAL, read_material, "receive"},
    {"rejects", VERB_MATERIAL, read_material, "reject"},
    {"tolerates", VERB_MATERIAL, read_material, "tolerate"},
    {"promises", VERB_MATERIAL, read_material, "promise"},
    {"fetches", VERB_MATERIAL, read_material, "fetch"},
    {"seeks", VERB_MATERIAL, read_material, "seek"},
    {"confirms", VERB_MATERIAL, read_material, "confirm"},
    {"breaks", VERB_MATERIAL, read_material, "break"},
    {"restores", VERB_MATERIAL, read_material, "restore"},
    {"allows", VERB_MATERIAL, read_allows, "allow-notice"},
    {"puts", VERB_LABELS, read_label, "add"},
    {"removes", VERB_LABELS, read_label, "remove"},
    {"moves", VERB_MOVES, read_moves, NULL},
    {"hands", VERB_HANDS_OVER, read_hands, NULL},
    {"takes", VERB_TAKES_OVER, read_takes, NULL},
    {"prepares", VERB_PREPARES, read_prepares, NULL},
    {"unprepares", VERB_UNPREPARES, read_step, NULL},
    {"mandates", VERB_MANDATES, sentence_mandate, NULL},
    {"identifies", VERB_IDENTIFIES, read_identifies, NULL},
    {"entrusts", VERB_ENTRUSTS, sentence_entrust, NULL},
    {"records", VERB_RECORDS, read_records, NULL},
};
enum { VERBS = sizeof(verbs) / sizeof(verbs[0]) };

/* WHO DOES WHAT */
static bool
read_deed(struct sentence *s, struct scenario_line *l)
{
    const char *known[VERBS + 1] = {NULL};
    const char *word;

    if (!sentence_actor(s, &l->actor) || !sentence_need(s, "what he does", &word))
        return false;
    for (size_t i = 0; i < VERBS; i++) {
        known[i] = verbs[i].word;
        if (!strcmp(word, verbs[i].word)) {
            l->verb = verbs[i].verb;
            l->action = verbs[i].action;
            if (l->actor.party == PARTY_VOTER && l->verb != VERB_VOTES)
                return sentence_wrong(s, "a voter only votes");
            return verbs[i].rest(s, l);
        }
    }
    return sentence_unknown(s, "deed", word, known);
}

/* in child N WHO DOES WHAT */
static bool
read_deed_in_child(struct sentence *s, struct scenario_line *l)
{
    if (!sentence_take(s, "child"))
        return sentence_wrong(s, "write \"in child 1\" before who does something there");
    if (!sentence_number(s, "the number of the child case", &l->child) || !read_deed(s, l))
        return false;
    return l->verb != VERB_OPENS || sentence_wrong(s, "child cases are opened by the hall");
}

/* elsewhere N promises are broken | elsewhere no promises are broken */
static bool
read_elsewhere(struct sentence *s, struct scenario_line *l)
{
    l->verb = VERB_ELSEWHERE;
    if (!sentence_take(s, "no") && !sentence_number(s, "how many promises", &l->number))
        return false;
    return (sentence_take(s, "promises") && sentence_take(s, "are") &&
            sentence_take(s, "broken")) ||
           sentence_wrong(s, "write \"elsewhere 2 promises are broken\", or \"no promises\"");
}

bool
sentence_deed(struct sentence *s, struct scenario_line *l)
{
    if (sentence_take(s, "elsewhere"))
        return read_elsewhere(s, l);
    if (sentence_take(s, "in"))
        return read_deed_in_child(s, l);
    if (sentence_take(s, "child"))
        return read_child(s, l);
    if (!sentence_take(s, "time"))
        return read_deed(s, l);
    l->verb = VERB_PASSES;
    return sentence_take(s, "passes") || sentence_wrong(s, "write \"time passes\"");
}

bool
scenario_by_the_hall(enum scenario_verb v)
{
    return v == VERB_IS_BORN || v == VERB_ENDS || v == VERB_STANDS || v == VERB_GOES_ON;
}
