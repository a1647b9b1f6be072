/* SPDX-License-Identifier: Apache-2.0 */
/* Requests of a clerk, and what he reads of the replies. */
#include "tests/support/clerk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint64_t
draw(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9E3779B97F4A7C15));

    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

void
key_draw(uint64_t *state, char key[KEY_TEXT])
{
    const uint64_t a = draw(state), b = draw(state);

    (void)snprintf(key, KEY_TEXT, "%08x-%04x-4%03x-%04x-%012llx", (unsigned)(a >> 32),
                   (unsigned)(a >> 16 & 0xFFFF), (unsigned)(a & 0xFFF),
                   (unsigned)(0x8000 | (b >> 48 & 0x3FFF)),
                   (unsigned long long)(b & 0xFFFFFFFFFFFF));
}

/* Ends the head and adds the body. */
static void
put_body(struct text *t, const char *body, size_t len)
{
    text_str(t, "Content-Type: application/json\r\nContent-Length: ");
    text_int(t, (int64_t)len);
    text_str(t, "\r\n\r\n");
    text_add(t, body, len);
}

static void
put_line(struct text *t, const char *method, const char *path, const char *rest)
{
    text_str(t, method);
    text_str(t, path);
    text_str(t, rest);
    text_str(t, " HTTP/1.1\r\nHost: onestop\r\n");
}

static void
put_who(struct text *t, const struct clerk *c, const char *key)
{
    text_str(t, "Authorization: Bearer ");
    text_str(t, c->token);
    text_str(t, "\r\n");
    if (key) {
        text_str(t, "Idempotency-Key: ");
        text_str(t, key);
        text_str(t, "\r\n");
    }
}

void
clerk_sign_in(struct text *t, const char *account, const char *password)
{
    struct text body = text_new(t->arena);

    put_open(&body, '{');
    put_member_string(&body, "account", account);
    put_member_string(&body, "password", password);
    put_close(&body, '}');
    put_line(t, "POST ", "/v1/sessions", "");
    put_body(t, body.at, body.len);
}

void
clerk_open(struct text *t, const struct clerk *c, const char *key)
{
    struct text body = text_new(t->arena);

    put_open(&body, '{');
    put_member_string(&body, "workflow", c->workflow);
    put_member_string(&body, "district", c->district);
    put_key(&body, "applicant");
    text_str(&body, c->applicant);
    put_key(&body, "form");
    text_str(&body, c->form);
    put_close(&body, '}');
    put_line(t, "POST ", "/v1/cases", "");
    put_who(t, c, key);
    put_body(t, body.at, body.len);
}

void
clerk_act(struct text *t, const struct clerk *c, const char *number, const char *action,
          int64_t step, const char *input, const char *key)
{
    struct text body = text_new(t->arena);

    put_open(&body, '{');
    put_member_string(&body, "action", action);
    if (input) {
        put_key(&body, "input");
        text_str(&body, input);
    }
    put_close(&body, '}');
    text_str(t, "POST /v1/cases/");
    put_line(t, number, "/actions", "");
    put_who(t, c, key);
    text_str(t, "If-Match: \"s");
    text_int(t, step);
    text_str(t, "\"\r\n");
    put_body(t, body.at, body.len);
}

void
clerk_look(struct text *t, const struct clerk *c, const char *number)
{
    put_line(t, "GET ", "/v1/cases/", number);
    put_who(t, c, NULL);
    text_str(t, "\r\n");
}

/* Behind `"name":`, or NULL.  Only for members whose name occurs once before it. */
static const char *
find_member(const char *body, const char *name)
{
    char key[40];
    const char *at;
    const int len = snprintf(key, sizeof(key), "\"%s\":", name);

    at = strstr(body, key);
    return at ? at + len : NULL;
}

bool
member_text(const char *body, const char *name, char *to, size_t size)
{
    const char *at = find_member(body, name);
    size_t len;

    if (!at || *at != '"')
        return false;
    len = strcspn(at + 1, "\"");
    if (len >= size)
        return false;
    memcpy(to, at + 1, len);
    to[len] = '\0';
    return true;
}

bool
case_see(const char *body, struct case_seen *out)
{
    const char *revision = find_member(body, "revision");
    const char *steps = strstr(body, "\"steps\":[");
    const char *tag = steps ? strstr(steps, "\"etag\":\"\\\"s") : NULL;
    char phase[8];

    if (!revision || !steps || !member_text(body, "number", out->number, sizeof(out->number)) ||
        !member_text(body, "phase", phase, sizeof(phase)))
        return false;
    out->revision = strtoll(revision, NULL, 10);
    out->step = tag ? strtoll(tag + strlen("\"etag\":\"\\\"s"), NULL, 10) : -1;
    out->closed = !strcmp(phase, "closed");
    return true;
}
