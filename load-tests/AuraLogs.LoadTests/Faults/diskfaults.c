/*
 * A disk that fails on command: loaded into a process with LD_PRELOAD, it stands between that process and the C library's file
 * operations, and lets those on files below one directory fail as the rules of a shared control file say at that moment.
 *
 *   AURALOGS_FAULTS_DIRECTORY   the directory whose files are concerned, an absolute path without symbolic links
 *   AURALOGS_FAULTS_CONTROL     the control file: struct control below, mapped by this process and by the one that changes the rules
 *
 * The layout of struct control is also in DiskFaults.cs. The owner of the file writes a rule's fields first and its kind last; this
 * side writes only `calls`, `hits` and `left`. A file is known by the link in /proc/self/fd at each call, so a rename changes the
 * rules that apply to a file that is open.
 *
 * .NET reaches these functions in two ways: libSystem.Native links against them, and P/Invoke looks them up with dlsym in a handle
 * of libc itself, which preloading does not affect; hence the dlsym here.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum operation { OPEN, CREATE, READ, WRITE, SYNC, TRUNCATE, ALLOCATE, RENAME, UNLINK, LIST, MKDIR, OPERATIONS };

enum kind
{
    NONE,
    FAIL,  /* nothing is done, errno is `error` */
    TORN,  /* a write: the first half is done, errno is `error` */
    SHORT, /* a read or write: half of it is done, and so reported */
    DELAY, /* done after `delay_ms` */
    HANG,  /* done once the rule is no longer of this kind */
};

#define RULES 8
#define PATH_BYTES 64

struct rule
{
    uint32_t kind;
    uint32_t operations; /* a bit for each of enum operation */
    int32_t error;
    uint32_t delay_ms;
    uint32_t share; /* of 65536 calls, how many are concerned */
    uint32_t reserved;
    int64_t left; /* how many more calls are concerned */
    uint64_t hits;
    char path[PATH_BYTES]; /* must occur in the path; empty: any */
};

struct control
{
    uint64_t random; /* the state of the generator that decides about shares; not 0 */
    uint64_t active; /* 0: no rule is looked at */
    uint64_t calls[OPERATIONS + 1];
    struct rule rules[RULES];
};

static struct control *control;
static char directory[PATH_MAX];
static size_t directory_length;
static void *(*next_dlsym)(void *, const char *);

#define NEXT(name, type) \
    static __typeof__(type) next; \
    if (next == NULL) \
        next = (__typeof__(type))find_next(name)

static void *find_next(const char *name)
{
    if (next_dlsym == NULL)
    {
        static const char *const versions[] = { "GLIBC_2.2.5", "GLIBC_2.17", "GLIBC_2.34" };
        for (size_t i = 0; i < sizeof versions / sizeof *versions && next_dlsym == NULL; i++)
            next_dlsym = (void *(*)(void *, const char *))dlvsym(RTLD_NEXT, "dlsym", versions[i]);
        if (next_dlsym == NULL)
            abort();
    }
    return next_dlsym(RTLD_NEXT, name);
}

__attribute__((constructor)) static void attach(void)
{
    const char *path = getenv("AURALOGS_FAULTS_CONTROL");
    const char *below = getenv("AURALOGS_FAULTS_DIRECTORY");
    if (path == NULL || below == NULL)
        return;
    snprintf(directory, sizeof directory, "%s", below);
    directory_length = strlen(directory);
    int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        abort();
    void *mapped = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    syscall(SYS_close, fd);
    if (mapped == MAP_FAILED)
        abort();
    control = mapped;
}

static int is_below(const char *path)
{
    return strncmp(path, directory, directory_length) == 0 && (path[directory_length] == '/' || path[directory_length] == 0);
}

/* The path of an open file, or 0 when it is none of the directory's. */
static int path_of(int fd, char *path)
{
    char link[32];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    long length = syscall(SYS_readlinkat, AT_FDCWD, link, path, PATH_MAX - 1);
    if (length <= 0)
        return 0;
    path[length] = 0;
    return is_below(path);
}

/* The same for a name relative to an open directory. */
static int path_at(int fd, const char *name, char *path)
{
    if (name[0] == '/' || fd == AT_FDCWD)
    {
        snprintf(path, PATH_MAX, "%s", name);
        return is_below(path);
    }
    if (!path_of(fd, path))
        return 0;
    size_t length = strlen(path);
    snprintf(path + length, PATH_MAX - length, "/%s", name);
    return 1;
}

static uint32_t next_random(void)
{
    uint64_t x = __atomic_add_fetch(&control->random, 0x9e3779b97f4a7c15u, __ATOMIC_RELAXED);
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return (uint32_t)((x >> 32) & 0xffff);
}

static void pause_for(uint32_t milliseconds)
{
    struct timespec wait = { milliseconds / 1000, (long)(milliseconds % 1000) * 1000000 };
    nanosleep(&wait, NULL);
}

/* Applies the first rule that concerns the call: waits here when it says so, else says what is to be done. */
static enum kind judge(enum operation operation, const char *path)
{
    __atomic_add_fetch(&control->calls[operation], 1, __ATOMIC_RELAXED);
    for (int i = 0; i < RULES; i++)
    {
        struct rule *rule = &control->rules[i];
        enum kind kind = (enum kind)__atomic_load_n(&rule->kind, __ATOMIC_ACQUIRE);
        if (kind == NONE || (rule->operations & (1u << operation)) == 0)
            continue;
        if (rule->path[0] != 0 && strstr(path + directory_length, rule->path) == NULL)
            continue;
        if (rule->share < 65536 && next_random() >= rule->share)
            continue;
        if (__atomic_fetch_sub(&rule->left, 1, __ATOMIC_RELAXED) <= 0)
        {
            __atomic_fetch_add(&rule->left, 1, __ATOMIC_RELAXED);
            continue;
        }
        __atomic_add_fetch(&rule->hits, 1, __ATOMIC_RELAXED);
        if (kind == DELAY)
            pause_for(rule->delay_ms);
        while (kind == HANG && __atomic_load_n(&rule->kind, __ATOMIC_ACQUIRE) == HANG)
            pause_for(5);
        errno = rule->error;
        return kind == DELAY || kind == HANG ? NONE : kind;
    }
    return NONE;
}

static int is_active(void)
{
    return control != NULL && __atomic_load_n(&control->active, __ATOMIC_ACQUIRE) != 0;
}

static enum kind judge_file(enum operation operation, int fd)
{
    char path[PATH_MAX];
    return is_active() && path_of(fd, path) ? judge(operation, path) : NONE;
}

static enum kind judge_name(enum operation operation, int fd, const char *name)
{
    char path[PATH_MAX];
    return is_active() && path_at(fd, name, path) ? judge(operation, path) : NONE;
}

#define FAIL_IF(verdict, failure) \
    if ((verdict) != NONE) \
    return failure

/* Opening. */

#define OPEN_BODY(fd_of_directory, call) \
    mode_t mode = 0; \
    if ((flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE) \
    { \
        va_list arguments; \
        va_start(arguments, flags); \
        mode = va_arg(arguments, mode_t); \
        va_end(arguments); \
    } \
    FAIL_IF(judge_name((flags & O_CREAT) != 0 ? CREATE : OPEN, fd_of_directory, path), -1); \
    return call

int open(const char *path, int flags, ...)
{
    NEXT("open", int (*)(const char *, int, ...));
    OPEN_BODY(AT_FDCWD, next(path, flags, mode));
}

int open64(const char *path, int flags, ...)
{
    NEXT("open64", int (*)(const char *, int, ...));
    OPEN_BODY(AT_FDCWD, next(path, flags, mode));
}

int openat(int directory_fd, const char *path, int flags, ...)
{
    NEXT("openat", int (*)(int, const char *, int, ...));
    OPEN_BODY(directory_fd, next(directory_fd, path, flags, mode));
}

int openat64(int directory_fd, const char *path, int flags, ...)
{
    NEXT("openat64", int (*)(int, const char *, int, ...));
    OPEN_BODY(directory_fd, next(directory_fd, path, flags, mode));
}

/* Reading and writing. */

#define TRANSFER(name, operation, parameters, half_call, whole_call) \
    ssize_t name parameters \
    { \
        NEXT(#name, ssize_t (*) parameters); \
        enum kind verdict = judge_file(operation, fd); \
        int error = errno; \
        if (verdict == FAIL || (verdict != NONE && operation == READ && verdict != SHORT)) \
            return -1; \
        if (verdict == NONE || count < 2) \
            return whole_call; \
        ssize_t done = half_call; \
        if (verdict == SHORT || done < 0) \
            return done; \
        errno = error; \
        return -1; \
    }

TRANSFER(read, READ, (int fd, void *buffer, size_t count), next(fd, buffer, count / 2), next(fd, buffer, count))
TRANSFER(write, WRITE, (int fd, const void *buffer, size_t count), next(fd, buffer, count / 2), next(fd, buffer, count))
TRANSFER(pread, READ, (int fd, void *buffer, size_t count, off_t at), next(fd, buffer, count / 2, at), next(fd, buffer, count, at))
TRANSFER(pread64, READ, (int fd, void *buffer, size_t count, off_t at), next(fd, buffer, count / 2, at), next(fd, buffer, count, at))
TRANSFER(pwrite, WRITE, (int fd, const void *buffer, size_t count, off_t at), next(fd, buffer, count / 2, at), next(fd, buffer, count, at))
TRANSFER(pwrite64, WRITE, (int fd, const void *buffer, size_t count, off_t at), next(fd, buffer, count / 2, at), next(fd, buffer, count, at))
/* Half of a vector is the first half of its buffers. */
TRANSFER(preadv64, READ, (int fd, const struct iovec *buffers, int count, off_t at), next(fd, buffers, count / 2, at), next(fd, buffers, count, at))
TRANSFER(pwritev64, WRITE, (int fd, const struct iovec *buffers, int count, off_t at), next(fd, buffers, count / 2, at), next(fd, buffers, count, at))

/* What has one outcome: done, or not. */

#define ON_FILE(result, name, operation, failure, parameters, arguments) \
    result name parameters \
    { \
        NEXT(#name, result (*) parameters); \
        FAIL_IF(judge_file(operation, fd), failure); \
        return next arguments; \
    }

ON_FILE(int, fsync, SYNC, -1, (int fd), (fd))
ON_FILE(int, fdatasync, SYNC, -1, (int fd), (fd))
ON_FILE(int, ftruncate, TRUNCATE, -1, (int fd, off_t length), (fd, length))
ON_FILE(int, ftruncate64, TRUNCATE, -1, (int fd, off_t length), (fd, length))
ON_FILE(int, fallocate, ALLOCATE, -1, (int fd, int mode, off_t at, off_t length), (fd, mode, at, length))
ON_FILE(int, fallocate64, ALLOCATE, -1, (int fd, int mode, off_t at, off_t length), (fd, mode, at, length))
ON_FILE(DIR *, fdopendir, LIST, NULL, (int fd), (fd))

#define ON_NAME(result, name, operation, failure, fd, path, parameters, arguments) \
    result name parameters \
    { \
        NEXT(#name, result (*) parameters); \
        FAIL_IF(judge_name(operation, fd, path), failure); \
        return next arguments; \
    }

ON_NAME(int, rename, RENAME, -1, AT_FDCWD, to, (const char *from, const char *to), (from, to))
ON_NAME(int, renameat, RENAME, -1, to_fd, to, (int from_fd, const char *from, int to_fd, const char *to), (from_fd, from, to_fd, to))
ON_NAME(int, unlink, UNLINK, -1, AT_FDCWD, path, (const char *path), (path))
ON_NAME(int, unlinkat, UNLINK, -1, fd, path, (int fd, const char *path, int flags), (fd, path, flags))
ON_NAME(int, mkdir, MKDIR, -1, AT_FDCWD, path, (const char *path, mode_t mode), (path, mode))
ON_NAME(int, mkdirat, MKDIR, -1, fd, path, (int fd, const char *path, mode_t mode), (fd, path, mode))
ON_NAME(DIR *, opendir, LIST, NULL, AT_FDCWD, path, (const char *path), (path))

struct dirent64 *readdir64(DIR *stream)
{
    NEXT("readdir64", struct dirent64 *(*)(DIR *));
    FAIL_IF(judge_file(LIST, dirfd(stream)), NULL);
    return next(stream);
}

/* Lookups. Last, so that every function above has been declared. */

#define OURS(name) { #name, (void *)name }

void *dlsym(void *restrict handle, const char *restrict name)
{
    static const struct { const char *name; void *function; } ours[] = {
        OURS(open), OURS(open64), OURS(openat), OURS(openat64), OURS(read), OURS(write), OURS(pread), OURS(pread64), OURS(pwrite),
        OURS(pwrite64), OURS(preadv64), OURS(pwritev64), OURS(fsync), OURS(fdatasync), OURS(ftruncate), OURS(ftruncate64),
        OURS(fallocate), OURS(fallocate64), OURS(rename), OURS(renameat), OURS(unlink), OURS(unlinkat), OURS(mkdir), OURS(mkdirat),
        OURS(opendir), OURS(fdopendir), OURS(readdir64),
    };
    if (next_dlsym == NULL)
        find_next("dlsym");
    if (handle != RTLD_NEXT)
    {
        for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        {
            if (strcmp(name, ours[i].name) == 0)
                return ours[i].function;
        }
    }
    return next_dlsym(handle, name); /* a tail call: what RTLD_NEXT means depends on the caller */
}
