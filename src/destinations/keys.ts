import { FirnError } from '../core/errors.ts';
import { safePrint } from '../core/safe-print.ts';

/** No control characters, nothing that UTF-8 or XML 1.0 (S3's lists) cannot hold. */
const SEGMENT = /^(?!\.{1,2}$)[^\p{Cc}\p{Cs}/\uFFFE\uFFFF]+$/u;

/**
 * Proves that a key is what the interface promises: segments between single slashes, none of them `.` or `..`.
 * Keys come from the state database or a manifest, so a damaged one must not lead out of the destination.
 * @throws FirnError BAD_KEY
 */
export function assertKey(key: string): void {
	if (!key.split('/').every((segment) => SEGMENT.test(segment))) {
		throw new FirnError('BAD_KEY', `"${safePrint(key)}" cannot be the name of an object.`, {
			guidance: 'The state database or the manifest it was read from is damaged.',
		});
	}
}

/**
 * @param what a key, or a name in one
 * @param most bytes that the store takes
 * @throws FirnError KEY_TOO_LONG
 */
export function assertLength(what: string, most: number, where: string): void {
	const bytes = Buffer.byteLength(what);
	if (bytes <= most) return;
	throw new FirnError('KEY_TOO_LONG', `Its name in ${where} would have ${bytes} bytes, and may have ${most}.`, {
		guidance: 'Give it, or a folder it lies in, a shorter name.',
	});
}

/** Whether one key comes behind another in a list: by the bytes of their UTF-8, which is not the order of UTF-16. */
export function isBehind(a: string, b: string): boolean {
	return Buffer.compare(Buffer.from(a), Buffer.from(b)) > 0;
}
