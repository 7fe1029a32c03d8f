/*
 * Faults of a machine for one file of one program: cc -shared -fPIC -o fault.so fault.c -ldl; LD_PRELOAD=./fault.so.
 *
 *   FAULT_PATH    end of the file's path, or a part of it
 *   FAULT_ON      open, read, write, fsync or rename: the call in which it happens
 *   FAULT_AT      first byte at which it does, for read and write (0)
 *   FAULT_OPEN    which opening of the file is meant, counted from 1 (0: each)
 *   FAULT_ERRNO   number of the error that the call gives; 0: none, after FAULT_DO
 *   FAULT_DO      a shell command that is run once, before
 *   FAULT_CLOCK   seconds by which the wall clock jumps, one second after the start
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define FILES 65536
#define REAL(name) ((__typeof__(&name))real(#name))

static char of_interest[FILES];
static off_t places[FILES];
static int openings, done;

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }
static const char *setting(const char *name) { const char *value = getenv(name); return value ? value : ""; }
static int is_path(const char *path) { const char *wanted = setting("FAULT_PATH"); return *wanted && strstr(path, wanted); }
static int is_on(const char *call) { return strcmp(setting("FAULT_ON"), call) == 0; }

/* What happens now: 0 for nothing, else the call fails. */
static int fault(void) {
  const char *command = setting("FAULT_DO");
  if (*command && !done) {
    done = 1;
    char *preload = getenv("LD_PRELOAD");
    unsetenv("LD_PRELOAD");
    if (system(command) != 0) abort();
    if (preload) setenv("LD_PRELOAD", preload, 1);
  }
  errno = atoi(setting("FAULT_ERRNO"));
  return errno;
}

/* Whether a call fails that begins at a byte; what lies before that byte is done without. */
static int at_call(int file, const char *call, off_t from, size_t *count) {
  if (file < 0 || file >= FILES || !of_interest[file] || !is_on(call)) return 0;
  off_t at = atoll(setting("FAULT_AT"));
  if (from >= at) return fault();
  if (from + (off_t)*count > at) *count = at - from;
  return 0;
}

static int opened(int file, const char *path) {
  if (file < 0 || file >= FILES) return file;
  /* A number is used again, and not every way to close a file comes by here. */
  of_interest[file] = 0;
  if (!is_path(path)) return file;
  openings += 1;
  int wanted = atoi(setting("FAULT_OPEN"));
  of_interest[file] = wanted == 0 || wanted == openings;
  places[file] = 0;
  return file;
}

#define OPEN(name)                                                  \
  int name(const char *path, int flags, ...) {                      \
    va_list list;                                                   \
    va_start(list, flags);                                          \
    mode_t mode = va_arg(list, mode_t);                             \
    va_end(list);                                                   \
    if (is_path(path) && is_on("open") && fault()) return -1;       \
    return opened(REAL(name)(path, flags, mode), path);             \
  }
OPEN(open)
OPEN(open64)

int close(int file) {
  if (file >= 0 && file < FILES) of_interest[file] = 0;
  return REAL(close)(file);
}

#define PREAD(name, type)                                           \
  ssize_t name(int file, void *into, size_t count, type from) {     \
    if (at_call(file, "read", from, &count)) return -1;              \
    return REAL(name)(file, into, count, from);                     \
  }
PREAD(pread, off_t)
PREAD(pread64, off64_t)

ssize_t read(int file, void *into, size_t count) {
  if (at_call(file, "read", file < FILES ? places[file] : 0, &count)) return -1;
  ssize_t got = REAL(read)(file, into, count);
  if (got > 0 && file < FILES) places[file] += got;
  return got;
}

ssize_t write(int file, const void *from, size_t count) {
  if (at_call(file, "write", file < FILES ? places[file] : 0, &count)) return -1;
  ssize_t put = REAL(write)(file, from, count);
  if (put > 0 && file >= 0 && file < FILES) places[file] += put;
  return put;
}

/* Of several pieces the first: fewer bytes than were given are no error, and the caller goes on with the rest. */
ssize_t writev(int file, const struct iovec *pieces, int count) {
  if (file < 0 || file >= FILES || !of_interest[file] || count < 1) return REAL(writev)(file, pieces, count);
  return write(file, pieces[0].iov_base, pieces[0].iov_len);
}

#define PWRITE(name, type)                                          \
  ssize_t name(int file, const void *from, size_t count, type at) { \
    if (at_call(file, "write", at, &count)) return -1;               \
    return REAL(name)(file, from, count, at);                       \
  }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

int fsync(int file) {
  size_t none = 0;
  return at_call(file, "fsync", 0, &none) ? -1 : REAL(fsync)(file);
}

int rename(const char *from, const char *to) {
  if (is_path(from) && is_on("rename") && fault()) return -1;
  return REAL(rename)(from, to);
}

static time_t jump(void) {
  static time_t start;
  struct timespec now;
  REAL(clock_gettime)(CLOCK_MONOTONIC, &now);
  if (start == 0) start = now.tv_sec;
  return now.tv_sec - start >= 1 ? atoll(setting("FAULT_CLOCK")) : 0;
}

int clock_gettime(clockid_t clock, struct timespec *into) {
  int status = REAL(clock_gettime)(clock, into);
  if (clock == CLOCK_REALTIME) into->tv_sec += jump();
  return status;
}

int gettimeofday(struct timeval *restrict into, void *restrict zone) {
  int status = REAL(gettimeofday)(into, zone);
  into->tv_sec += jump();
  return status;
}
