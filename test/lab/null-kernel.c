// LD_PRELOAD for Debian charon 5.9.8: the kernel IPsec back end accepts everything (no ESP in the kernel needed).
// With NULL_KERNEL=sas policies stay those of the back end: what is refused for their sake is refused for real.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>
#include <stdlib.h>
#include <time.h>
#include <sys/random.h>
#include <arpa/inet.h>
typedef int (*fn)();
static int get_spi(void *t, void *src, void *dst, uint8_t proto, uint32_t *spi)
{ uint32_t r; (void)!getrandom(&r, 4, 0); *spi = htonl(0xc0000000u | (r & 0x0fffffffu)); return 0; }
static int ok(void *t) { return 0; }
static int query_sa(void *t, void *id, void *d, uint64_t *b, uint64_t *p, time_t *tm)
{ if (b) *b = 0; if (p) *p = 0; if (tm) *tm = 0; return 0; }
static int query_pol(void *t, void *id, void *d, time_t *tm) { if (tm) *tm = 0; return 0; }
void *kernel_interface_create(void)
{
	void *(*real)(void) = dlsym(RTLD_NEXT, "kernel_interface_create");
	fn *v = real();
	v[1] = (fn)get_spi; v[5] = (fn)ok; v[6] = (fn)ok; v[7] = (fn)query_sa; v[8] = (fn)ok; v[9] = (fn)ok;
	if (getenv("NULL_KERNEL")) return v;
	v[10] = (fn)ok; v[11] = (fn)query_pol; v[12] = (fn)ok; v[13] = (fn)ok;
	return v;
}
