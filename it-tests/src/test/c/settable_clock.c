// A wall clock that a test can set: loaded before libc, it adds the seconds in the file $CLOCK_OFFSET_FILE (a 64-bit
// number, mapped, so that a change is seen at once) to what the real-time clock says. The monotonic clock stays as it is.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile int64_t *offset;
static volatile int64_t none;

__attribute__((constructor)) static void map(void) {
    const char *path = getenv("CLOCK_OFFSET_FILE");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    void *page = file < 0 ? MAP_FAILED : mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
    offset = page == MAP_FAILED ? &none : page;
}

static int64_t ahead(void) {
    return offset ? *offset : 0;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    int result = (int) syscall(SYS_clock_gettime, clock, now);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        now->tv_sec += ahead();
    }
    return result;
}

int gettimeofday(struct timeval *now, void *zone) {
    int result = (int) syscall(SYS_gettimeofday, now, zone);
    if (result == 0) {
        now->tv_sec += ahead();
    }
    return result;
}

time_t time(time_t *to) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (to) {
        *to = now.tv_sec;
    }
    return now.tv_sec;
}
