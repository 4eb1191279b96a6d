/* Makes the system fail for the files whose path holds FAULT_PATH, from byte FAULT_AT on:
 *   FAULT=read-error     reading fails (EIO)            FAULT=write-error  writing fails (EIO)
 *   FAULT=read-short     at most 7 bytes a read         FAULT=disk-full    writing fails (ENOSPC)
 *   FAULT=interrupted    every other call is EINTR      FAULT=write-short  at most 7 bytes a write
 *   FAULT=sync-error     fsync fails (EIO)              FAULT=write-slow   a millisecond a write
 *   FAULT=rename-error   renaming fails (EIO) from the FAULT_AT-th on
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(type, name) ((type)dlsym(RTLD_NEXT, name))

static int fault_is(const char *kind) {
    const char *fault = getenv("FAULT");
    return fault != NULL && strcmp(fault, kind) == 0;
}

static long long fault_at(void) {
    const char *at = getenv("FAULT_AT");
    return at == NULL ? 0 : atoll(at);
}

static int path_is_ours(const char *path) {
    const char *wanted = getenv("FAULT_PATH");
    return wanted != NULL && strstr(path, wanted) != NULL;
}

static int is_ours(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return path_is_ours(path);
}

/* Whether a call that would go on to byte `end` of a file fails. */
static int reaches(long long end) { return end > fault_at(); }

static int interrupts(void) {
    static _Thread_local int calls;
    return fault_is("interrupted") && (calls++ & 1) == 0;
}

static ssize_t before_read(int fd, size_t *count, long long offset) {
    if (!is_ours(fd)) return 0;
    if (interrupts()) { errno = EINTR; return -1; }
    if (fault_is("read-short") && *count > 7) *count = 7;
    if (fault_is("read-error")) {
        if (offset >= fault_at()) { errno = EIO; return -1; }
        if (reaches(offset + *count)) *count = fault_at() - offset;
    }
    return 0;
}

static ssize_t before_write(int fd, size_t *count, long long offset) {
    if (!is_ours(fd)) return 0;
    if (interrupts()) { errno = EINTR; return -1; }
    if (fault_is("write-short") && *count > 7) *count = 7;
    if (fault_is("write-slow")) usleep(1000);
    if ((fault_is("write-error") || fault_is("disk-full"))) {
        if (offset >= fault_at()) { errno = fault_is("disk-full") ? ENOSPC : EIO; return -1; }
        if (reaches(offset + *count)) *count = fault_at() - offset;
    }
    return 0;
}

static long long place(int fd) { return lseek(fd, 0, SEEK_CUR); }

ssize_t read(int fd, void *room, size_t count) {
    if (before_read(fd, &count, place(fd)) < 0) return -1;
    return REAL(ssize_t (*)(int, void *, size_t), "read")(fd, room, count);
}

ssize_t pread64(int fd, void *room, size_t count, off64_t offset) {
    if (before_read(fd, &count, offset) < 0) return -1;
    return REAL(ssize_t (*)(int, void *, size_t, off64_t), "pread64")(fd, room, count, offset);
}

ssize_t write(int fd, const void *bytes, size_t count) {
    if (before_write(fd, &count, place(fd)) < 0) return -1;
    return REAL(ssize_t (*)(int, const void *, size_t), "write")(fd, bytes, count);
}

ssize_t writev(int fd, const struct iovec *pieces, int number) {
    if (number > 0 && is_ours(fd)) return write(fd, pieces[0].iov_base, pieces[0].iov_len);
    return REAL(ssize_t (*)(int, const struct iovec *, int), "writev")(fd, pieces, number);
}

static int sync_fails(int fd) {
    if (!fault_is("sync-error") || !is_ours(fd)) return 0;
    errno = EIO;
    return 1;
}

int fsync(int fd) { return sync_fails(fd) ? -1 : REAL(int (*)(int), "fsync")(fd); }

int fdatasync(int fd) { return sync_fails(fd) ? -1 : REAL(int (*)(int), "fdatasync")(fd); }

int rename(const char *from, const char *to) {
    static long long calls;
    if (fault_is("rename-error") && path_is_ours(to) && __atomic_add_fetch(&calls, 1, __ATOMIC_SEQ_CST) > fault_at()) {
        errno = EIO;
        return -1;
    }
    return REAL(int (*)(const char *, const char *), "rename")(from, to);
}
