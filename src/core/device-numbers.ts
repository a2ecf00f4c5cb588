/** The two numbers in a dev_t as glibc packs it (sys/sysmacros.h). */
export function deviceNumbers(dev: bigint): { major: number; minor: number } {
	return {
		major: Number(((dev >> 32n) & 0xfffff000n) | ((dev >> 8n) & 0xfffn)),
		minor: Number(((dev >> 12n) & 0xffffff00n) | (dev & 0xffn)),
	};
}
