/* SPDX-License-Identifier: Apache-2.0 */
/* Text in XML. */
#include "api/picture/xml.h"

#include <string.h>

static const char replacement[] = "\xEF\xBF\xBD";

void
xml_text(struct text *t, const char *s)
{
    for (; *s; s++)
        switch (*s) {
        case '&':
            text_str(t, "&amp;");
            break;
        case '<':
            text_str(t, "&lt;");
            break;
        case '>':
            text_str(t, "&gt;");
            break;
        case '"':
            text_str(t, "&quot;");
            break;
        case '\'':
            text_str(t, "&#39;");
            break;
        default:
            if ((unsigned char)*s < 0x20) {
                text_str(t, *s == '\t' || *s == '\n' || *s == '\r' ? " " : replacement);
            } else if (!strncmp(s, "\xEF\xBF\xBE", 3) || !strncmp(s, "\xEF\xBF\xBF", 3)) {
                text_str(t, replacement);
                s += 2;
            } else {
                text_char(t, *s);
            }
        }
}
