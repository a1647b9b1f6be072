/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_REQUIRE_H
#define BASE_REQUIRE_H

/**
 * Ends the process when @condition does not hold, in every build.  For what
 * cannot happen: a bug is not an error to be handled, PostgreSQL undoes the
 * transaction, systemd starts the daemon anew.
 */
#define require(condition) ((condition) ? (void)0 : require_failed(#condition, __FILE__, __LINE__))

void require_failed(const char *condition, const char *file, int line) __attribute__((noreturn));

#endif
