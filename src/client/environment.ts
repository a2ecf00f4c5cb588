/** What of the caller's environment goes where. */

/**
 * glibc keeps some freed buffers instead of giving them back and faulting them in again, in few places: what is kept in more
 * of them only costs memory.
 */
const MALLOC = {
	MALLOC_ARENA_MAX: '2',
	MALLOC_TRIM_THRESHOLD_: '8388608',
	MALLOC_TOP_PAD_: '4194304',
	MALLOC_MMAP_THRESHOLD_: '4194304',
};

const PASSED =
	/^(HOME|PATH|LANG|LC_[A-Z]+|XDG_[A-Z_]+|FIRN_(?!PASSPHRASE|GDRIVE)[A-Z_]+|DBUS_SESSION_BUS_ADDRESS|DISPLAY|WAYLAND_DISPLAY|XAUTHORITY|TZ|TMPDIR|NODE_EXTRA_CA_CERTS|NODE_COMPILE_CACHE|SSL_CERT_(FILE|DIR)|(https?|no|all)_proxy|(HTTPS?|NO|ALL)_PROXY)$/;
const CREDENTIALS = /^AWS_[A-Z0-9_]+$/;

/** For the engine's process: only what it may need; credentials come with each request instead. */
export function engineEnvironment(env: NodeJS.ProcessEnv = process.env): Record<string, string> {
	return { ...MALLOC, ...pick(env, PASSED) };
}

/** The caller's AWS settings: sent along with a request, held in memory only. */
export function credentialEnvironment(env: NodeJS.ProcessEnv = process.env): Record<string, string> {
	return pick(env, CREDENTIALS);
}

function pick(env: NodeJS.ProcessEnv, names: RegExp): Record<string, string> {
	return Object.fromEntries(
		Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== undefined && names.test(pair[0])),
	);
}
