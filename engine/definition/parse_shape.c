/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of the language: which object may have which, and what was meant by another. */
#include <string.h>

#include "base/nearest.h"
#include "definition/parse.h"

/*
 * definition.schema.json says the same to editors; tests/unit/test_definition
 * holds the two against each other.  "$comment" is allowed everywhere and gone
 * before anything is read.
 */
static const struct shape shapes[SHAPE_COUNT] = {
    [SHAPE_DEFINITION] = {"definition",
                          {"id",        "title",     "source",       "effective",   "lead",
                           "applicant", "openBy",    "backdateBy",   "explainLate", "key",
                           "form",      "materials", "certificates", "labels",      "lanes",
                           "grounds",   "clocks",    "start",        "steps",       "withdraw",
                           "retain",    "reopen",    "credit",       "unexplored",  "founds"}},
    [SHAPE_TITLE] = {"title", {"zh", "en"}},
    [SHAPE_SOURCE] = {"source", {"plan", "law"}},
    [SHAPE_EFFECTIVE] = {"effective", {"from", "until"}},
    [SHAPE_GROUND] = {"ground", {"title", "notice", "command", "basis"}},
    [SHAPE_CLOCK] = {"clock",
                     {"title", "kind", "limit", "from", "to", "counts", "party", "stopsWhen",
                      "over", "per", "warns", "extension", "exceeds", "basis"}},
    [SHAPE_EXTENSION] = {"extension", {"limit", "by"}},
    [SHAPE_LIMIT_ARM] = {"limitArm", {"when", "limit"}},
    [SHAPE_DATE] = {"date", {"date"}},
    [SHAPE_TASK] = {"task",
                    {"by", "actions", "title", "public", "department", "limit", "clocks", "stops",
                     "after", "on", "undo", "marks", "do", "distinctFrom", "openEnded", "awaits",
                     "optional", "prepare"}},
    [SHAPE_STAGE] = {"stage",
                     {"start", "steps", "to", "title", "public", "department", "limit", "clocks",
                      "stops", "after", "on", "undo", "marks", "do", "optional"}},
    [SHAPE_DECISION] = {"decision", {"decide", "title", "marks", "do"}},
    [SHAPE_PARALLEL] = {"parallel",
                        {"branches", "join", "else", "to", "title", "public", "department", "limit",
                         "clocks", "stops", "after", "on", "undo", "marks", "do"}},
    [SHAPE_FOREACH] = {"foreach",
                       {"foreach", "as", "branch", "join", "else", "to", "title", "public",
                        "department", "limit", "clocks", "stops", "after", "on", "undo", "marks",
                        "do"}},
    [SHAPE_WAIT] = {"wait",
                    {"wait", "to", "by", "actions", "title", "public", "department", "limit",
                     "clocks", "stops", "after", "on", "undo", "marks", "do", "distinctFrom",
                     "openEnded", "deem", "optional"}},
    [SHAPE_CASES] = {"cases",
                     {"cases", "join", "else", "to", "by", "actions", "title", "public",
                      "department", "limit", "clocks", "stops", "stopsWhen", "after", "on", "undo",
                      "marks", "do", "distinctFrom"}},
    [SHAPE_BALLOT] = {"ballot",
                      {"ballot", "by", "actions", "title", "public", "department", "limit",
                       "clocks", "stops", "after", "marks", "do", "distinctFrom", "on"}},
    [SHAPE_END] = {"end", {"end", "title", "public", "marks", "do"}},
    [SHAPE_CHILDREN] = {"children", {"workflow", "each", "as", "form", "applicant", "cascade"}},
    [SHAPE_OTHER_PARTY] = {"otherParty", {"kind", "name", "code"}},
    [SHAPE_UNTIL] = {"until", {"until"}},
    [SHAPE_BRANCH] = {"branch", {"title", "when", "start", "steps"}},
    [SHAPE_JOIN] = {"join", {"count", "of", "when"}},
    [SHAPE_ARM] = {"arm", {"when", "to", "basis"}},
    [SHAPE_ACTION] = {"action",
                      {"to", "when", "why", "input", "marks", "do", "signers", "notice", "title"}},
    [SHAPE_SIGNERS] = {"signers", {"count", "roles", "order"}},
    [SHAPE_TIMER] = {"timer", {"to", "when", "marks", "do", "basis", "deem"}},
    [SHAPE_ON] = {"on", {"from", "title", "when", "to", "marks", "do", "input", "expires"}},
    [SHAPE_DEEM] = {"deem", {"kind", "basis", "effective"}},
    [SHAPE_STOPS] = {"stops", {"ground"}},
    [SHAPE_STOPS_WHEN] = {"stopsWhen", {"children", "ground"}},
    [SHAPE_SET] = {"set", {"set", "when"}},
    [SHAPE_APPEND] = {"append", {"append", "when"}},
    [SHAPE_SEND] = {"send", {"send", "data", "when", "undo"}},
    [SHAPE_UNDO] = {"undo", {"send", "data"}},
    [SHAPE_ISSUE] = {"issue", {"issue", "replaces", "number", "required", "when"}},
    [SHAPE_REVOKE] = {"revoke", {"revoke", "number", "required", "basis", "when"}},
    [SHAPE_LABEL] = {"label", {"label", "remove", "when"}},
    [SHAPE_FETCH] = {"fetch", {"material", "from", "when"}},
    [SHAPE_LABELLING] = {"labelling", {"title", "by"}},
    [SHAPE_LANE] = {"lane", {"id", "title", "basis", "by", "when"}},
    [SHAPE_OPEN] = {"open", {"open", "form", "applicant", "when"}},
    [SHAPE_MATERIAL] = {"material",
                        {"id", "title", "from", "when", "remind", "tolerance", "lapse", "promise",
                         "certificate", "file", "basis"}},
    [SHAPE_FILE] = {"file", {"types", "bytes"}},
    [SHAPE_PROMISE] = {"promise", {"when", "why", "check"}},
    [SHAPE_CERTIFICATE] = {"certificate",
                           {"title", "number", "issuer", "content", "valid", "partOf", "revokedBy",
                            "basis"}},
    [SHAPE_VOTING] = {"voting",
                      {"roll", "voter", "weight", "group", "choices", "closes", "replace", "secret",
                       "result"}},
    [SHAPE_CHOICE] = {"choice", {"title"}},
    [SHAPE_COMMIT] = {"commit", {"commit", "when"}},
    [SHAPE_DRAW] = {"draw", {"draw", "from", "weights", "exclude", "count", "mix", "into", "when"}},
    [SHAPE_WITHDRAW] = {"withdraw", {"to", "when", "why"}},
    [SHAPE_REMIND] = {"remind", {"before", "do"}},
    [SHAPE_CREDIT] = {"credit", {"within"}},
    [SHAPE_REOPEN] = {"reopen",
                      {"title", "by", "to", "within", "outcomes", "when", "why", "notice", "marks",
                       "revoke", "basis"}},
    [SHAPE_OPTIONAL] = {"optional", {"by", "when", "why", "most", "required"}},
    [SHAPE_PREPARE] = {"prepare", {"during"}},
    [SHAPE_TABLE] = {"table", {"hit", "inputs", "rows", "else", "into", "as", "to"}},
    [SHAPE_INPUT] = {"tableInput", {"value", "kind", "title"}},
    [SHAPE_ROW] = {"row", {"if", "to", "give", "basis"}},
    [SHAPE_RANGE] = {"range", {"from", "to", "above", "below"}},
    [SHAPE_NOT] = {"not", {"not"}},
    [SHAPE_ELSE] = {"otherwise", {"to", "basis"}},
    [SHAPE_USE] = {"use", {"use", "with"}},
    [SHAPE_FRAGMENT] = {"fragment", {"id", "title", "parameters", "steps"}},
    [SHAPE_PARAMETER] = {"parameter", {"kind", "default", "optional"}},
};

/* Words of the language that this release does not speak yet. */
/* A word a line: several people take words away at a time. */
/* clang-format off */
static const char *const later[] = {
    "variants",
    NULL};
/* clang-format on */

const struct shape *
shape_of(enum shape_id id)
{
    return &shapes[id];
}

static bool
among(const char *word, const char *const *list)
{
    for (; *list; list++)
        if (!strcmp(word, *list))
            return true;
    return false;
}

const char *
nearest(const char *word, const char *const *list)
{
    struct nearest n = nearest_to(word);

    for (; *list; list++)
        nearest_offer(&n, *list);
    return n.best;
}

/* A key of another kind of step is no slip of the pen. */
static bool
belongs_to_steps(enum shape_id id, const char *key)
{
    if (id < SHAPE_TASK || id > SHAPE_END)
        return false;
    for (int s = SHAPE_TASK; s <= SHAPE_END; s++)
        if (among(key, shapes[s].key))
            return true;
    return false;
}

static void
strange_key(struct parse *p, const struct place *member, enum shape_id id)
{
    const struct shape *s = &shapes[id];
    const char *meant;

    if ((id == SHAPE_DECISION || id == SHAPE_END) &&
        (!strcmp(member->key, "limit") || !strcmp(member->key, "clocks"))) {
        complain(p, member, PROBLEM_LIMIT_UNARMED, "nothing arms a limit of %s step",
                 id == SHAPE_END ? "an end" : "a decision");
    } else if (belongs_to_steps(id, member->key)) {
        complain(p, member, PROBLEM_KEY_NOT_HERE, "\"%s\" has no meaning in a step of kind %s",
                 member->key, s->name);
    } else if (among(member->key, later)) {
        complain(p, member, PROBLEM_LATER_RELEASE, "this release does not know \"%s\" yet",
                 member->key);
    } else if ((meant = nearest(member->key, s->key)) != NULL) {
        complain(p, member, PROBLEM_UNKNOWN_KEY, "unknown key \"%s\"; did you mean \"%s\"?",
                 member->key, meant);
    } else {
        complain(p, member, PROBLEM_UNKNOWN_KEY, "unknown key \"%s\" in %s", member->key, s->name);
    }
}

bool
shape_check(struct parse *p, const struct place *at, enum shape_id id)
{
    if (!expect(p, at, VALUE_OBJECT))
        return false;
    for (uint32_t i = 0; i < at->v->n; i++)
        if (!among(at->v->member[i].name, shapes[id].key))
            strange_key(p, place_member(p, at, i), id);
    return true;
}
