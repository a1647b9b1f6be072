/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_SANITIZED_H
#define TESTS_SUPPORT_SANITIZED_H

/*
 * 1 in a build with a sanitizer, else 0.  There the memory of a process is
 * mostly the sanitizer's, and everything takes up to twenty times as long.
 */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

#endif
