/* SPDX-License-Identifier: Apache-2.0 */
/* QR codes as SVG: libqrencode makes the modules, we write them.  The only file that knows it. */
#include "api/picture/qr.h"

#include <qrencode.h>

#include "api/picture/xml.h"

/* QUIET: modules around the code, @source ISO/IEC 18004, 9.1.  A module is drawn 8 units wide. */
enum { QUIET = 4, MODULE = 8 };

static bool
is_dark(const QRcode *code, int x, int y)
{
    return x < code->width && code->data[y * code->width + x] & 1;
}

/* A row's dark modules as rectangles as long as they are side by side. */
static void
put_row(struct text *t, const QRcode *code, int y)
{
    for (int x = 0; x < code->width; x++) {
        const int from = x;

        while (is_dark(code, x, y))
            x++;
        if (x > from)
            text_printf(t, "M%d %dh%dv1h-%dz", from + QUIET, y + QUIET, x - from, x - from);
    }
}

bool
qr_svg(struct text *t, const char *said, struct error *e)
{
    /* M: a seventh of it may be dirty.  Letters stay as large or small as they are. */
    QRcode *code = QRcode_encodeString(said, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    int side;

    if (!code)
        return error_set(e, ERROR_NOT_DRAWABLE, "no QR code holds this text");
    side = code->width + 2 * QUIET;
    text_printf(t,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
                "viewBox=\"0 0 %d %d\" role=\"img\" shape-rendering=\"crispEdges\"><title>",
                side * MODULE, side * MODULE, side, side);
    xml_text(t, said);
    text_printf(t, "</title><path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path d=\"", side, side);
    for (int y = 0; y < code->width; y++)
        put_row(t, code, y);
    text_str(t, "\"/></svg>\n");
    QRcode_free(code);
    return true;
}
