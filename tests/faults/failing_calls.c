/* Lets one file-system call of a process fail, the n-th below one folder: EIO or ENOSPC, once or from then on.
 *
 * Preloaded (LD_PRELOAD). FAULTS_ROOT is the folder, FAULTS_CONTROL a file of sizeof(struct control) bytes that the
 * process maps too and arms by. Counted are calls on paths below the folder and on files that were opened there. A
 * write that fails has written half of its bytes first, as a full disk does. With FAULTS_TRACE, what changes files is
 * written down there as well, so that the disk of any moment can be made again (log_power.py).
 */
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
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

struct control {
    int32_t armed, error, sticky, fired;
    int64_t fail_at, count;
    char call[32], path[480];
};

#define FILES 65536
static struct control *control;
static char root[PATH_MAX];
static size_t root_length;
static char *watched[FILES]; /* paths of open files below the folder */
static int trace = -1;
static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;

#define REAL(name) ((__typeof__(&name))real(#name))
static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

__attribute__((constructor)) static void begin(void) {
    const char *folder = getenv("FAULTS_ROOT"), *file = getenv("FAULTS_CONTROL"), *tracing = getenv("FAULTS_TRACE");
    if (folder && file) {
        int fd = REAL(open)(file, O_RDWR);
        void *at = fd < 0 ? MAP_FAILED : REAL(mmap)(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (at == MAP_FAILED) abort();
        REAL(close)(fd);
        snprintf(root, sizeof root, "%s/", folder);
        root_length = strlen(root);
        control = at;
        if (tracing) trace = REAL(open)(tracing, O_WRONLY | O_APPEND | O_CREAT, 0600);
    }
}

static int below(const char *path) { return control && path && !strncmp(path, root, root_length); }
static const char *path_of(int fd) { return control && fd >= 0 && fd < FILES ? watched[fd] : NULL; }

/* Whether this call is to fail. `space`: whether it may need room on the disk. Locks are not
 * among the calls: on a disk of this machine they are the kernel's memory. */
static int fails(const char *call, const char *path, int space) {
    int now = 0;
    if (!control || !path || !__atomic_load_n(&control->armed, __ATOMIC_SEQ_CST)) return 0;
    pthread_mutex_lock(&one);
    if (control->error != ENOSPC || space) {
        control->count++;
        now = control->count == control->fail_at || (control->sticky && control->fail_at && control->count > control->fail_at);
        if (now && !control->fired) {
            control->fired = 1;
            snprintf(control->call, sizeof control->call, "%s", call);
            snprintf(control->path, sizeof control->path, "%s", path);
        }
    }
    pthread_mutex_unlock(&one);
    if (now) errno = control->error;
    return now;
}

/* One line of the trace, then `size` bytes. */
static void note(const char *what, const char *path, const char *other, int64_t offset, const void *data, size_t size) {
    char head[2 * PATH_MAX];
    int length, kept = errno;
    if (trace < 0) return;
    length = snprintf(head, sizeof head, "%s\t%s\t%s\t%lld\t%zu\n", what, path, other ? other : "", (long long)offset, size);
    pthread_mutex_lock(&one);
    if (REAL(write)(trace, head, length) != length || (size && REAL(write)(trace, data, size) != (ssize_t)size)) abort();
    pthread_mutex_unlock(&one);
    errno = kept;
}

static int opened(int fd, const char *path, int flags, int was) {
    if (fd >= 0 && fd < FILES) {
        watched[fd] = strdup(path);
        if ((flags & O_CREAT) && !was) note("create", path, NULL, 0, NULL, 0);
        if (flags & O_TRUNC) note("truncate", path, NULL, 0, NULL, 0);
    }
    return fd;
}

static int do_open(int at, const char *path, int flags, mode_t mode) {
    struct stat there;
    int was;
    if (!below(path)) return REAL(openat)(at, path, flags, mode);
    if (fails("open", path, flags & O_CREAT)) return -1;
    was = trace >= 0 && REAL(stat)(path, &there) == 0;
    return opened(REAL(openat)(at, path, flags, mode), path, flags, was);
}

#define MODE(flags, mode) \
    mode_t mode = 0; \
    if ((flags) & (O_CREAT | __O_TMPFILE)) { va_list more; va_start(more, flags); mode = va_arg(more, mode_t); va_end(more); }

int open(const char *path, int flags, ...) { MODE(flags, mode) return do_open(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE(flags, mode) return do_open(AT_FDCWD, path, flags, mode); }
int openat(int at, const char *path, int flags, ...) {
    MODE(flags, mode)
    return do_open(at, path, flags, mode);
}
int openat64(int at, const char *path, int flags, ...) { MODE(flags, mode) return do_open(at, path, flags, mode); }

int close(int fd) {
    const char *path = path_of(fd);
    int failed = path && fails("close", path, 0), kept = errno, done = REAL(close)(fd);
    if (path) { free(watched[fd]); watched[fd] = NULL; }
    if (failed) { errno = kept; return -1; }
    return done;
}

ssize_t write(int fd, const void *data, size_t size) {
    const char *path = path_of(fd);
    int failed = path && fails("write", path, 1), kept = errno;
    off_t at = path && trace >= 0 ? lseek(fd, 0, SEEK_CUR) : 0;
    ssize_t done = REAL(write)(fd, data, failed ? size / 2 : size);
    if (path && done > 0) note("write", path, NULL, at, data, done);
    if (failed) { errno = kept; return -1; }
    return done;
}

static ssize_t do_pwrite(int fd, const void *data, size_t size, off64_t at) {
    const char *path = path_of(fd);
    int failed = path && fails("pwrite", path, 1), kept = errno;
    ssize_t done = REAL(pwrite64)(fd, data, failed ? size / 2 : size, at);
    if (path && done > 0) note("write", path, NULL, at, data, done);
    if (failed) { errno = kept; return -1; }
    return done;
}
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) { return do_pwrite(fd, data, size, at); }
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) { return do_pwrite(fd, data, size, at); }

ssize_t read(int fd, void *data, size_t size) {
    return fails("read", path_of(fd), 0) ? -1 : REAL(read)(fd, data, size);
}
ssize_t pread(int fd, void *data, size_t size, off_t at) {
    return fails("pread", path_of(fd), 0) ? -1 : REAL(pread)(fd, data, size, at);
}
ssize_t pread64(int fd, void *data, size_t size, off64_t at) {
    return fails("pread", path_of(fd), 0) ? -1 : REAL(pread64)(fd, data, size, at);
}

static int synced(int fd) {
    note("sync", path_of(fd), NULL, 0, NULL, 0);
    return 0;
}
/* The disk is not waited for: what it has at a moment is the trace's matter. */
int fsync(int fd) {
    if (!path_of(fd)) return REAL(fsync)(fd);
    return fails("fsync", path_of(fd), 1) ? -1 : synced(fd);
}
int fdatasync(int fd) {
    if (!path_of(fd)) return REAL(fdatasync)(fd);
    return fails("fdatasync", path_of(fd), 1) ? -1 : synced(fd);
}

static int do_truncate(int fd, off64_t size) {
    int done;
    if (fails("ftruncate", path_of(fd), 1)) return -1;
    done = REAL(ftruncate64)(fd, size);
    if (!done && path_of(fd)) note("truncate", path_of(fd), NULL, size, NULL, 0);
    return done;
}
int ftruncate(int fd, off_t size) { return do_truncate(fd, size); }
int ftruncate64(int fd, off64_t size) { return do_truncate(fd, size); }

static int do_allocate(int fd, off64_t at, off64_t size) {
    int done;
    if (fails("fallocate", path_of(fd), 1)) return errno;
    done = REAL(posix_fallocate64)(fd, at, size);
    if (!done && path_of(fd)) note("extend", path_of(fd), NULL, at + size, NULL, 0);
    return done;
}
int posix_fallocate(int fd, off_t at, off_t size) { return do_allocate(fd, at, size); }
int posix_fallocate64(int fd, off64_t at, off64_t size) { return do_allocate(fd, at, size); }

static int moved(const char *what, const char *from, const char *to, int done) {
    if (!done && below(to)) note(what, to, from, 0, NULL, 0);
    return done;
}
int rename(const char *from, const char *to) {
    return below(to) && fails("rename", to, 1) ? -1 : moved("rename", from, to, REAL(rename)(from, to));
}
int renameat(int a, const char *from, int b, const char *to) {
    return below(to) && fails("rename", to, 1) ? -1 : moved("rename", from, to, REAL(renameat)(a, from, b, to));
}
int link(const char *from, const char *to) {
    return below(to) && fails("link", to, 1) ? -1 : moved("link", from, to, REAL(link)(from, to));
}
int linkat(int a, const char *from, int b, const char *to, int flags) {
    return below(to) && fails("link", to, 1) ? -1 : moved("link", from, to, REAL(linkat)(a, from, b, to, flags));
}
int unlink(const char *path) {
    return below(path) && fails("unlink", path, 0) ? -1 : moved("unlink", NULL, path, REAL(unlink)(path));
}
int unlinkat(int at, const char *path, int flags) {
    return below(path) && fails("unlink", path, 0) ? -1 : moved("unlink", NULL, path, REAL(unlinkat)(at, path, flags));
}
int mkdir(const char *path, mode_t mode) {
    return below(path) && fails("mkdir", path, 1) ? -1 : moved("mkdir", NULL, path, REAL(mkdir)(path, mode));
}
int mkdirat(int at, const char *path, mode_t mode) {
    return below(path) && fails("mkdir", path, 1) ? -1 : moved("mkdir", NULL, path, REAL(mkdirat)(at, path, mode));
}

#define STAT(name, type) \
    int name(const char *path, struct type *found) { \
        return below(path) && fails("stat", path, 0) ? -1 : REAL(name)(path, found); \
    }
STAT(stat, stat)
STAT(lstat, stat)
STAT(stat64, stat64)
STAT(lstat64, stat64)
int fstatat(int at, const char *path, struct stat *found, int flags) {
    return below(path) && fails("stat", path, 0) ? -1 : REAL(fstatat)(at, path, found, flags);
}
int fstatat64(int at, const char *path, struct stat64 *found, int flags) {
    return below(path) && fails("stat", path, 0) ? -1 : REAL(fstatat64)(at, path, found, flags);
}
int fstat(int fd, struct stat *found) { return fails("fstat", path_of(fd), 0) ? -1 : REAL(fstat)(fd, found); }
int fstat64(int fd, struct stat64 *found) { return fails("fstat", path_of(fd), 0) ? -1 : REAL(fstat64)(fd, found); }
int access(const char *path, int mode) {
    return below(path) && fails("access", path, 0) ? -1 : REAL(access)(path, mode);
}
int fchmod(int fd, mode_t mode) { return fails("fchmod", path_of(fd), 0) ? -1 : REAL(fchmod)(fd, mode); }

void *mmap(void *at, size_t size, int may, int flags, int fd, off_t offset) {
    return !(flags & MAP_ANONYMOUS) && fails("mmap", path_of(fd), 1) ? MAP_FAILED : REAL(mmap)(at, size, may, flags, fd, offset);
}
void *mmap64(void *at, size_t size, int may, int flags, int fd, off64_t offset) {
    return !(flags & MAP_ANONYMOUS) && fails("mmap", path_of(fd), 1) ? MAP_FAILED : REAL(mmap64)(at, size, may, flags, fd, offset);
}
