/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_EVIDENCE_H
#define STORE_EVIDENCE_H

#include "base/error.h"
#include "base/text.h"
#include "store/digest.h"

/*
 * What leaves the house to prove what happened, as JSON lines (store/README.md
 * describes them):
 *
 *   facts    {"onestop":"facts","format":1,"cell":0,"horizon":"1203"}
 *            {"case":NUMBER,"id":"17","fact":1,"journal":"1198","hash":HEX,"record":TEXT}
 *            {"cases":C,"facts":F}
 *   anchor   {"onestop":"anchor","format":1,"cell":0,"horizon":"1203"}
 *            {"case":NUMBER,"id":"17","facts":9,"journal":"1201","head":HEX}
 *            {"cases":C,"facts":F}
 *
 * in ascending order of the cases' ids, facts from 1 on.  A case whose retention
 * is over has one line among the facts, which says how its chain ended and which
 * archive has it,
 *
 *            {"case":NUMBER,"id":"9","facts":4,"journal":"7","head":HEX,"purged":INSTANT,"archive":FILE}
 *
 * and archives have, behind the facts of each case, what else was its own:
 *
 *            {"case":NUMBER,"id":"9","of":TABLE,"row":{…}}
 *
 *  `horizon` is the last
 * place of the journal that is in it: nothing can come before that any more, so
 * the same horizon gives the same files whenever they are written.  `record` is
 * the text the chain was made of, to the byte.
 */
enum evidence_kind {
    EVIDENCE_FACTS,  /* the first line of an export */
    EVIDENCE_ANCHOR, /* the first line of an anchor */
    EVIDENCE_FACT,
    EVIDENCE_CASE,   /* of an anchor */
    EVIDENCE_PURGED, /* for all facts of a case */
    EVIDENCE_ROW,    /* of an archive; no part of the chain */
    EVIDENCE_END     /* the last line of both */
};

/** A line of either. */
struct evidence {
    enum evidence_kind kind;
    int64_t cell, horizon; /* FACTS, ANCHOR */
    int64_t id;            /* of the case */
    const char *number;    /* of the case */
    int64_t fact;          /* FACT: its number; CASE, PURGED: how many */
    int64_t journal;       /* place of the fact, or of the case's last */
    uint8_t hash[HASH_SIZE];
    const char *record; /* FACT: its text; ROW: JSON */
    size_t record_len;
    instant purged;       /* PURGED */
    const char *archive;  /* PURGED: the file; ROW: the table */
    int64_t cases, facts; /* END */
};

/** Appends the line with its newline. */
void evidence_write(struct text *t, const struct evidence *line);

/** Reads a line without its newline into arena @a; ERROR_BAD_JSON, ERROR_BAD_FILE say why not. */
MUST_CHECK bool evidence_read(struct arena *a, const char *bytes, size_t len, struct evidence *out,
                              struct error *e);

#endif
