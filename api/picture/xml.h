/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_PICTURE_XML_H
#define API_PICTURE_XML_H

#include "base/text.h"

/**
 * Appends @s as the text of an element or an attribute's value: what has a
 * meaning in XML is escaped, what XML cannot hold becomes U+FFFD.  @s is UTF-8.
 */
void xml_text(struct text *t, const char *s);

#endif
