/* Stands between a process and the system (LD_PRELOAD) and writes down all that it does to the files of one folder, so
 * that `power.py` can undo what no fsync has made durable. Records go to a journal outside of the folder before the
 * change is made; the disk itself is never waited for. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static char folder[PATH_MAX];
static size_t folder_length;
static char shadow[PATH_MAX - 64];
static int journal = -1;
static unsigned shadows;
static pthread_mutex_t one = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;

struct record {
    uint32_t kind, unused;
    uint64_t inode, offset, size, first, second;
};
enum { WRITE = 1, SIZE, SYNC, CREATE, RENAME, UNLINK, MKDIR };

#define REAL(name) \
    static __typeof__(&name) real; \
    if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

void power_begin(const char *of, const char *into, const char *shadows_in) {
    strcpy(folder, of);
    folder_length = strlen(folder);
    strcpy(shadow, shadows_in);
    journal = (int)syscall(SYS_openat, AT_FDCWD, into, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static void note(uint32_t kind, uint64_t inode, uint64_t offset, uint64_t size, const void *a, size_t na, const void *b,
                 size_t nb) {
    struct record r = {kind, 0, inode, offset, size, na, nb};
    struct iovec parts[3] = {{&r, sizeof r}, {(void *)a, na}, {(void *)b, nb}};
    if (syscall(SYS_writev, journal, parts, 3) != (long)(sizeof r + na + nb)) abort();
}

static int inside(const char *path) {
    return journal >= 0 && strncmp(path, folder, folder_length) == 0 && path[folder_length] == '/';
}

/* The path of a name relative to an open folder, without following what it names. */
static int whole(int at, const char *name, char *out) {
    if (journal < 0) return 0;
    if (name[0] == '/') {
        snprintf(out, PATH_MAX, "%s", name);
    } else {
        char link[64], base[PATH_MAX];
        if (at == AT_FDCWD) {
            if (!getcwd(base, sizeof base)) return 0;
        } else {
            snprintf(link, sizeof link, "/proc/self/fd/%d", at);
            ssize_t n = readlink(link, base, sizeof base - 1);
            if (n < 0) return 0;
            base[n] = 0;
        }
        if (snprintf(out, PATH_MAX, "%s/%s", base, name) >= PATH_MAX) return 0;
    }
    return inside(out);
}

static int ours(int fd, struct stat *st) {
    char link[64], path[PATH_MAX];
    if (journal < 0 || fd == journal) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n < 0) return 0;
    path[n] = 0;
    if (!inside(path) && strcmp(path, folder) != 0) return 0;
    return fstat(fd, st) == 0;
}

static void note_write(struct stat *st, const void *data, size_t n, off_t at) {
    note(WRITE, st->st_ino, (uint64_t)at, (uint64_t)st->st_size, NULL, 0, data, n);
}

/* The content before the first change: `power.py` builds everything else from it. */
static void note_size(struct stat *st, off_t to) {
    note(SIZE, st->st_ino, (uint64_t)to, (uint64_t)st->st_size, NULL, 0, NULL, 0);
}

ssize_t write(int fd, const void *data, size_t n) {
    REAL(write);
    struct stat st;
    if (!ours(fd, &st) || !S_ISREG(st.st_mode)) return real(fd, data, n);
    pthread_mutex_lock(&one);
    int flags = fcntl(fd, F_GETFL);
    fstat(fd, &st);
    note_write(&st, data, n, flags & O_APPEND ? st.st_size : lseek(fd, 0, SEEK_CUR));
    ssize_t done = real(fd, data, n);
    if (done >= 0 && (size_t)done != n) abort();
    pthread_mutex_unlock(&one);
    return done;
}

ssize_t pwrite64(int fd, const void *data, size_t n, off64_t at) {
    REAL(pwrite64);
    struct stat st;
    if (!ours(fd, &st) || !S_ISREG(st.st_mode)) return real(fd, data, n, at);
    pthread_mutex_lock(&one);
    fstat(fd, &st);
    note_write(&st, data, n, at);
    ssize_t done = real(fd, data, n, at);
    pthread_mutex_unlock(&one);
    return done;
}

ssize_t pwrite(int fd, const void *data, size_t n, off_t at) { return pwrite64(fd, data, n, at); }

ssize_t writev(int fd, const struct iovec *parts, int count) {
    REAL(writev);
    struct stat st;
    if (!ours(fd, &st) || !S_ISREG(st.st_mode)) return real(fd, parts, count);
    ssize_t total = 0;
    for (int i = 0; i < count; i++) {
        ssize_t done = write(fd, parts[i].iov_base, parts[i].iov_len);
        if (done < 0) return total ? total : done;
        total += done;
    }
    return total;
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) {
    ssize_t total = 0;
    for (int i = 0; i < count; i++) {
        ssize_t done = pwrite64(fd, parts[i].iov_base, parts[i].iov_len, at + total);
        if (done < 0) return total ? total : done;
        total += done;
    }
    return total;
}

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t at) { return pwritev(fd, parts, count, at); }

int ftruncate64(int fd, off64_t to) {
    REAL(ftruncate64);
    struct stat st;
    if (!ours(fd, &st)) return real(fd, to);
    pthread_mutex_lock(&one);
    fstat(fd, &st);
    note_size(&st, to);
    int done = real(fd, to);
    pthread_mutex_unlock(&one);
    return done;
}

int ftruncate(int fd, off_t to) { return ftruncate64(fd, to); }

static int synced(int fd) {
    struct stat st;
    if (!ours(fd, &st)) return 0;
    pthread_mutex_lock(&one);
    note(SYNC, st.st_ino, 0, (uint64_t)S_ISDIR(st.st_mode), NULL, 0, NULL, 0);
    pthread_mutex_unlock(&one);
    return 1;
}

int fsync(int fd) {
    REAL(fsync);
    return synced(fd) ? 0 : real(fd);
}

int fdatasync(int fd) {
    REAL(fdatasync);
    return synced(fd) ? 0 : real(fd);
}

static uint64_t folder_of(const char *path) {
    char base[PATH_MAX];
    struct stat st;
    snprintf(base, sizeof base, "%s", path);
    char *slash = strrchr(base, '/');
    if (slash) *slash = 0;
    return stat(base, &st) == 0 ? st.st_ino : 0;
}

static int open_noted(int at, const char *name, int flags, mode_t mode) {
    char path[PATH_MAX];
    struct stat st;
    if (!(flags & (O_CREAT | O_TRUNC)) || !whole(at, name, path)) return (int)syscall(SYS_openat, at, name, flags, mode);
    pthread_mutex_lock(&one);
    int there = stat(path, &st) == 0;
    if (there && flags & O_TRUNC && S_ISREG(st.st_mode)) note_size(&st, 0);
    int fd = (int)syscall(SYS_openat, at, name, flags, mode);
    if (fd >= 0 && !there && fstat(fd, &st) == 0)
        note(CREATE, folder_of(path), st.st_ino, 0, path, strlen(path), NULL, 0);
    pthread_mutex_unlock(&one);
    return fd;
}

#define MODE(flags) \
    mode_t mode = 0; \
    if (flags & (O_CREAT | O_TMPFILE)) { \
        va_list rest; \
        va_start(rest, flags); \
        mode = va_arg(rest, mode_t); \
        va_end(rest); \
    }

int open(const char *name, int flags, ...) { MODE(flags) return open_noted(AT_FDCWD, name, flags, mode); }
int open64(const char *name, int flags, ...) { MODE(flags) return open_noted(AT_FDCWD, name, flags, mode); }
int openat(int at, const char *name, int flags, ...) { MODE(flags) return open_noted(at, name, flags, mode); }
int openat64(int at, const char *name, int flags, ...) { MODE(flags) return open_noted(at, name, flags, mode); }

/* Keep what a name stood for, so that the name can be given back. */
static void keep(const char *path, char *kept) {
    kept[0] = 0;
    if (access(path, F_OK) != 0) return;
    snprintf(kept, PATH_MAX, "%s/%d-%u", shadow, (int)getpid(), shadows++);
    if (syscall(SYS_linkat, AT_FDCWD, path, AT_FDCWD, kept, 0) != 0) kept[0] = 0;
}

static int rename_noted(int from_at, const char *from, int to_at, const char *to) {
    char old[PATH_MAX], new[PATH_MAX], kept[PATH_MAX], names[2 * PATH_MAX];
    if (!whole(from_at, from, old) || !whole(to_at, to, new)) return (int)syscall(SYS_renameat, from_at, from, to_at, to);
    pthread_mutex_lock(&one);
    keep(new, kept);
    int n = snprintf(names, sizeof names, "%s\n%s", old, new);
    note(RENAME, folder_of(new), 0, 0, names, (size_t)n, kept, strlen(kept));
    int done = (int)syscall(SYS_renameat, from_at, from, to_at, to);
    pthread_mutex_unlock(&one);
    return done;
}

int rename(const char *from, const char *to) { return rename_noted(AT_FDCWD, from, AT_FDCWD, to); }
int renameat(int a, const char *from, int b, const char *to) { return rename_noted(a, from, b, to); }

static int unlink_noted(int at, const char *name, int flags) {
    char path[PATH_MAX], kept[PATH_MAX];
    if (flags || !whole(at, name, path)) return (int)syscall(SYS_unlinkat, at, name, flags);
    pthread_mutex_lock(&one);
    keep(path, kept);
    if (kept[0]) note(UNLINK, folder_of(path), 0, 0, path, strlen(path), kept, strlen(kept));
    int done = (int)syscall(SYS_unlinkat, at, name, 0);
    pthread_mutex_unlock(&one);
    return done;
}

int unlink(const char *name) { return unlink_noted(AT_FDCWD, name, 0); }
int unlinkat(int at, const char *name, int flags) { return unlink_noted(at, name, flags); }

static int mkdir_noted(int at, const char *name, mode_t mode) {
    char path[PATH_MAX];
    int done = (int)syscall(SYS_mkdirat, at, name, mode);
    if (done == 0 && whole(at, name, path)) {
        pthread_mutex_lock(&one);
        note(MKDIR, folder_of(path), 0, 0, path, strlen(path), NULL, 0);
        pthread_mutex_unlock(&one);
    }
    return done;
}

int mkdir(const char *name, mode_t mode) { return mkdir_noted(AT_FDCWD, name, mode); }
int mkdirat(int at, const char *name, mode_t mode) { return mkdir_noted(at, name, mode); }
