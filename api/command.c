/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies of requests to commands. */
#include "api/command.h"

#include <stdio.h>
#include <string.h>

#include "definition/format.h"
#include "definition/json.h"

static const struct member_rule *
find_rule(const struct member_rule *rule, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(rule[i].name, name))
            return &rule[i];
    return NULL;
}

bool
body_check(const struct value *v, const char *at, const struct member_rule *rule, size_t n,
           struct error *e)
{
    char pointer[120];

    if (v->kind != VALUE_OBJECT)
        return error_at(e, ERROR_FORM_INVALID, at, "must be an object, is %s",
                        value_kind_name(v->kind));
    for (uint32_t i = 0; i < v->n; i++) {
        const struct member *m = &v->member[i];
        const struct member_rule *known = find_rule(rule, n, m->name);

        (void)snprintf(pointer, sizeof(pointer), "%s/%.60s", at, m->name);
        if (!known)
            return error_at(e, ERROR_UNKNOWN_MEMBER, pointer, "there is no member %.60s", m->name);
        if (m->value.kind != known->kind)
            return error_at(e, ERROR_FORM_INVALID, pointer, "%s must be %s, is %s", m->name,
                            value_kind_name(known->kind), value_kind_name(m->value.kind));
        if (known->longest && value_characters(&m->value) > known->longest)
            return error_at(e, ERROR_FORM_INVALID, pointer, "%s may have at most %u characters",
                            m->name, known->longest);
    }
    for (size_t i = 0; i < n; i++)
        if (rule[i].required && !value_get(v, rule[i].name)) {
            (void)snprintf(pointer, sizeof(pointer), "%s/%s", at, rule[i].name);
            return error_at(e, ERROR_FORM_INVALID, pointer, "%s is missing", rule[i].name);
        }
    return true;
}

bool
body_read(struct http_request *r, struct value *out, struct error *e)
{
    if (r->body_len == 0)
        return error_set(e, ERROR_BAD_JSON, "the body is empty");
    return json_read(&r->arena, r->body, r->body_len, false, out, e);
}

/* What each command takes besides `command`; the contract's text says the same. */
static const struct {
    const char *name;
    enum command_kind kind;
    char tag;
    const char *needs[3];
} commands[] = {
    {"act", COMMAND_ACT, 's', {"action"}},
    {"stop", COMMAND_STOP, 's', {"ground"}},
    {"resume", COMMAND_RESUME, 's', {"number"}},
    {"extend", COMMAND_EXTEND, 'c', {"clock", "reason", "document"}},
    {"claim", COMMAND_CLAIM, 0, {"step"}},
    {"release", COMMAND_RELEASE, 0, {"step"}},
    {"withdraw", COMMAND_WITHDRAW, 'c', {NULL}},
    {"amend", COMMAND_AMEND, 'c', {"input", "reason"}},
    {"annul", COMMAND_ANNUL, 'c', {"number", "reason"}},
    {"revoke", COMMAND_REVOKE, 'c', {"number", "reason"}},
    {"replace", COMMAND_REPLACE, 'c', {"number", "reason"}},
    {"vote", COMMAND_VOTE, 0, {"action", "voter"}},
    {"settle", COMMAND_SETTLE, 'c', {"number", "reason"}},
    {"retry", COMMAND_RETRY, 0, {"number", "reason"}},
    {"material", COMMAND_MATERIAL, 'c', {"action"}},
    {"hold", COMMAND_HOLD, 0, {"step", "reason"}},
    {"continue", COMMAND_CONTINUE, 0, {"step"}},
    {"reconcile", COMMAND_RECONCILE, 'c', {"reason"}},
    {"start", COMMAND_START, 'c', {"step"}},
    {"label", COMMAND_LABEL, 0, {"label"}},
    {"lane", COMMAND_LANE, 'c', {"reason"}},
    {"hand-over", COMMAND_HAND_OVER, 'c', {"district", "reason"}},
    {"take-over", COMMAND_TAKE_OVER, 'c', {NULL}},
    {"hand-back", COMMAND_HAND_BACK, 'c', {"reason"}},
    {"reopen", COMMAND_REOPEN, 'c', {"reason"}},
    {"prepare", COMMAND_PREPARE, 'c', {"step", "action"}},
    {"unprepare", COMMAND_UNPREPARE, 'c', {"step"}},
    {"entrust", COMMAND_ENTRUST, 0, {"account", "reason"}},
    {"mandate", COMMAND_MANDATE, 0, {"mandate"}},
    {"revoke-mandate", COMMAND_REVOKE_MANDATE, 0, {"number"}},
    {"identify", COMMAND_IDENTIFY, 'c', {"document"}},
};

enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

char
command_tag(const struct command *cmd)
{
    for (size_t i = 0; i < COMMANDS; i++)
        if (commands[i].kind == cmd->kind)
            return commands[i].tag;
    return 0;
}

static bool
check_needs(const struct value *v, const char *at, size_t kind, struct error *e)
{
    char pointer[120];

    for (size_t i = 0; i < 3 && commands[kind].needs[i]; i++) {
        const char *name = commands[kind].needs[i];

        if (value_get(v, name))
            continue;
        (void)snprintf(pointer, sizeof(pointer), "%s/%s", at, name);
        return error_at(e,
                        !strcmp(name, "reason")     ? ERROR_REASON_MISSING
                        : !strcmp(name, "document") ? ERROR_DOCUMENT_MISSING
                                                    : ERROR_FORM_INVALID,
                        pointer, "%s needs %s", commands[kind].name, name);
    }
    return true;
}

/* Only what somebody did at a counter may have happened earlier than it is said. */
static bool
read_happened(const struct value *v, const char *at, struct command *out, struct error *e)
{
    const struct value *happened = value_get(v, "happened");
    char pointer[120];

    if (!happened)
        return true;
    (void)snprintf(pointer, sizeof(pointer), "%s/happened", at);
    if (out->kind != COMMAND_ACT && out->kind != COMMAND_STOP && out->kind != COMMAND_RESUME &&
        out->kind != COMMAND_OPEN && out->kind != COMMAND_WITHDRAW &&
        out->kind != COMMAND_MATERIAL && out->kind != COMMAND_VOTE)
        return error_at(e, ERROR_FORM_INVALID, pointer,
                        "only act, stop, resume, withdraw, material and vote may have happened "
                        "earlier");
    if (!instant_read(happened->string, happened->n, &out->happened) || out->happened <= 0)
        return error_at(e, ERROR_FORM_INVALID, pointer,
                        "happened is a date-time as in 2026-03-02T10:00:00+08:00");
    return true;
}

static void
take_texts(const struct value *v, struct command *out)
{
    out->account = value_get_string(v, "account");
    out->action = value_get_string(v, "action");
    out->step = value_get_string(v, "step");
    out->ground = value_get_string(v, "ground");
    out->document = value_get_string(v, "document");
    out->explanation = value_get_string(v, "explanation");
    out->reason = value_get_string(v, "reason");
    out->clock = value_get_string(v, "clock");
    out->voter = value_get_string(v, "voter");
    out->code = value_get_string(v, "code");
    out->material = value_get_string(v, "material");
    out->file = value_get_string(v, "file");
    out->district = value_get_string(v, "district");
    out->label = value_get_string(v, "label");
    out->lane = value_get_string(v, "lane");
    out->identified = value_get_string(v, "identified");
}

/* Members that one command takes and no other. */
static bool
check_own(const struct value *v, const char *at, const struct command *cmd, struct error *e)
{
    static const struct {
        const char *member;
        enum command_kind kind;
        const char *otherwise;
    } own[] = {
        {"file", COMMAND_MATERIAL, "only material takes a file"},
        {"prepared", COMMAND_ACT, "only act takes what was prepared"},
        {"mandate", COMMAND_MANDATE, "only mandate takes a mandate"},
        {"identified", COMMAND_ACT, "only act says beside what it does who was identified"},
    };

    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
        char pointer[120];

        if (!value_get(v, own[i].member) || cmd->kind == own[i].kind)
            continue;
        (void)snprintf(pointer, sizeof(pointer), "%s/%s", at, own[i].member);
        return error_at(e, ERROR_FORM_INVALID, pointer, "%s", own[i].otherwise);
    }
    return true;
}

/* There are too many to say more of each than its name. */
static bool
unknown_command(const char *name, const char *pointer, struct error *e)
{
    char known[256] = "";
    size_t len = 0;

    for (size_t i = 0; i < COMMANDS && len < sizeof(known); i++)
        len += (size_t)snprintf(known + len, sizeof(known) - len, " %s", commands[i].name);
    return error_at(e, ERROR_FORM_INVALID, pointer, "there is no %.16s; commands:%s", name, known);
}

bool
command_read(const struct value *v, const char *at, struct command *out, struct error *e)
{
    static const struct member_rule rule[] = {
        {"action", VALUE_STRING, false, 64},    {"clock", VALUE_STRING, false, 200},
        {"code", VALUE_STRING, false, 16},      {"command", VALUE_STRING, false, 16},
        {"document", VALUE_STRING, false, 200}, {"explanation", VALUE_STRING, false, 2000},
        {"happened", VALUE_STRING, false, 40},  {"ground", VALUE_STRING, false, 64},
        {"input", VALUE_OBJECT, false, 0},      {"number", VALUE_INT, false, 0},
        {"reason", VALUE_STRING, false, 2000},  {"step", VALUE_STRING, false, 200},
        {"voter", VALUE_STRING, false, 200},    {"material", VALUE_STRING, false, 64},
        {"file", VALUE_STRING, false, 64},      {"label", VALUE_STRING, false, 64},
        {"lane", VALUE_STRING, false, 64},      {"district", VALUE_STRING, false, 6},
        {"prepared", VALUE_BOOL, false, 0},     {"account", VALUE_STRING, false, 64},
        {"mandate", VALUE_OBJECT, false, 0},    {"identified", VALUE_STRING, false, 200},
    };
    const struct value *number, *input, *prepared;
    char pointer[120];
    const char *name;
    size_t kind = 0;

    if (!body_check(v, at, rule, sizeof(rule) / sizeof(rule[0]), e))
        return false;
    name = value_get_string(v, "command");
    while (name && kind < COMMANDS && strcmp(commands[kind].name, name) != 0)
        kind++;
    (void)snprintf(pointer, sizeof(pointer), "%s/command", at);
    if (kind == COMMANDS)
        return unknown_command(name, pointer, e);
    if (!check_needs(v, at, kind, e))
        return false;
    number = value_get(v, "number");
    (void)snprintf(pointer, sizeof(pointer), "%s/number", at);
    if (number && (number->integer < 1 || number->integer > INT32_MAX))
        return error_at(e, ERROR_FORM_INVALID, pointer, "number must lie between 1 and %d",
                        INT32_MAX);
    input = value_get(v, "input");
    out->kind = commands[kind].kind;
    take_texts(v, out);
    prepared = value_get(v, "prepared");
    out->prepared = prepared && prepared->boolean;
    if (!read_happened(v, at, out, e))
        return false;
    if (!check_own(v, at, out, e))
        return false;
    out->number = number ? (int32_t)number->integer : 0;
    out->input = input ? *input : value_null();
    return true;
}

bool
opening_read(const struct value *v, struct opening_body *out, struct command *cmd, struct error *e)
{
    static const struct member_rule rule[] = {
        {"applicant", VALUE_OBJECT, false, 0},  {"district", VALUE_STRING, true, 6},
        {"document", VALUE_STRING, false, 200}, {"form", VALUE_OBJECT, true, 0},
        {"happened", VALUE_STRING, false, 40},  {"mandate", VALUE_OBJECT, false, 0},
        {"reason", VALUE_STRING, false, 2000},  {"workflow", VALUE_STRING, true, 64},
    };
    static const struct member_rule applicant_rule[] = {
        {"code", VALUE_STRING, false, 32},
        {"kind", VALUE_STRING, false, 64},
        {"name", VALUE_STRING, false, 200},
    };
    const struct value *applicant;

    if (!body_check(v, "", rule, sizeof(rule) / sizeof(rule[0]), e))
        return false;
    applicant = value_get(v, "applicant");
    if (applicant && !body_check(applicant, "/applicant", applicant_rule, 3, e))
        return false;
    out->workflow = value_get_string(v, "workflow");
    out->district = value_get_string(v, "district");
    out->kind = value_get_string(applicant, "kind");
    out->name = value_get_string(applicant, "name");
    out->code = value_get_string(applicant, "code");
    out->document = value_get_string(v, "document");
    out->mandate = value_get(v, "mandate");
    if (out->document && !out->mandate)
        return error_at(e, ERROR_FORM_INVALID, "/document",
                        "an opening names the document of the mandate it carries, and there is "
                        "none");
    cmd->kind = COMMAND_OPEN;
    cmd->input = *value_get(v, "form");
    cmd->reason = value_get_string(v, "reason");
    if (!read_happened(v, "", cmd, e))
        return false;
    if (strlen(out->district) != 6 || strspn(out->district, "0123456789") != 6)
        return error_at(e, ERROR_FORM_INVALID, "/district",
                        "district is the six digits of GB/T 2260, as in 371502");
    return true;
}
