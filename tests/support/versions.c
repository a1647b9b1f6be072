/* SPDX-License-Identifier: Apache-2.0 */
/* Other versions of a definition, made of its text. */
#include "tests/support/versions.h"

#include <string.h>

#include "base/text.h"

char *
text_replaced(struct arena *a, const char *text, const char *what, const char *by)
{
    struct text t = text_new(a);
    const char *at = text, *next;

    while ((next = strstr(at, what))) {
        text_add(&t, at, (size_t)(next - at));
        text_str(&t, by);
        at = next + strlen(what);
    }
    if (at == text)
        return NULL;
    text_str(&t, at);
    return t.at;
}

const struct workflow *
version_of(struct arena *a, const char *text)
{
    const struct workflow *w;
    struct error e;

    return text && definition_restore(a, text, strlen(text), &w, &e) ? w : NULL;
}

const struct workflow *
version_noting(struct arena *a, const struct workflow *w)
{
    return version_of(
        a, text_replaced(a, w->text, "\"actions\":{",
                         "\"actions\":{\"zz-note\":{\"title\":{\"en\":\"n\",\"zh\":\"n\"}},"));
}
