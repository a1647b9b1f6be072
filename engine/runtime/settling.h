/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNTIME_SETTLING_H
#define RUNTIME_SETTLING_H

/** Those who want to know when nothing is left to do; told once, each, from the loop. */
struct settling {
    struct settling *next;
    void (*settled)(void *arg);
    void *arg;
};

/** One more who waits. */
void settling_add(struct settling **all, void (*settled)(void *arg), void *arg);

/** Tells all and forgets them; who is added meanwhile waits for the next time. */
void settling_tell(struct settling **all);

#endif
