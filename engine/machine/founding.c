/* SPDX-License-Identifier: Apache-2.0 */
/* The credit code that a procedure gives: what else, and nobody would find the case by it. */
#include "machine/founding.h"

#include <string.h>

#include "definition/format.h"
#include "machine/deed.h"
#include "machine/paths.h"

void
write_name(struct run *r, const char *name, struct value v)
{
    const char *founds = r->w->founds;

    if (founds && !strncmp(name, "case.", 5) && !strcmp(name + 5, founds) && !r->failed &&
        (v.kind != VALUE_STRING || !format_cn_uscc(v.string, v.n))) {
        error_set(r->e, ERROR_GUARD_ERROR,
                  "%s is to be the credit code of a new enterprise, and is none", name);
        r->failed = true;
        return;
    }
    emit(r, (struct fact){.kind = FACT_SET, .name = name, .value = v});
}

const char *
case_founded(const struct workflow *w, const struct case_state *c)
{
    const struct value *code = w->founds ? path_get(&c->vars, w->founds) : NULL;

    return code && code->kind == VALUE_STRING ? code->string : NULL;
}
