/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_COMMAND_H
#define API_COMMAND_H

#include "api/http/request.h"
#include "machine/machine.h"

/*
 * Bodies of requests, read strictly: what is not in openapi.yaml is refused by
 * name.  Texts borrow from the value they were read from.
 */

/** A member a body may have. */
struct member_rule {
    const char *name;
    enum value_kind kind;
    bool required;
    uint32_t longest; /* code points of a string; 0: not looked at */
};

/**
 * Checks that @v is an object with no other members than @rule's @n, all of the
 * right kind.  @return false with ERROR_FORM_INVALID or ERROR_UNKNOWN_MEMBER at @at
 * and the member's name.
 */
MUST_CHECK bool body_check(const struct value *v, const char *at, const struct member_rule *rule,
                           size_t n, struct error *e);

/** Reads the request's body as JSON into its arena.  ERROR_BAD_JSON. */
MUST_CHECK bool body_read(struct http_request *r, struct value *out, struct error *e);

/** Reads schema Command; @at is the pointer of @v.  Actor and revision are left alone. */
MUST_CHECK bool command_read(const struct value *v, const char *at, struct command *out,
                             struct error *e);

/** Does the command need the tag of a step ('s'), of the case ('c'), or none (0)? */
char command_tag(const struct command *cmd);

/** What opens a case, beside its form. */
struct opening_body {
    const char *workflow, *district;
    const char *kind, *name, *code; /* of the applicant; NULL: not given */
    const char *document;           /* that gives the mandate; NULL */
    const struct value *mandate;    /* schema NewMandate, for mandate_take(); NULL */
};

/** Reads schema Opening; the form, and when and why it was earlier, into @cmd. */
MUST_CHECK bool opening_read(const struct value *v, struct opening_body *out, struct command *cmd,
                             struct error *e);

#endif
