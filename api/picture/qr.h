/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_PICTURE_QR_H
#define API_PICTURE_QR_H

#include "base/error.h"
#include "base/text.h"

/**
 * Appends an SVG document whose QR code says @said, ASCII, with the quiet zone of four modules
 * that readers need; the same text gives the same bytes.  Any thread.
 * @return false with ERROR_NOT_DRAWABLE: it is too long.
 */
MUST_CHECK bool qr_svg(struct text *t, const char *said, struct error *e);

#endif
