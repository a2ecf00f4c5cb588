import { FirnError } from '../core/errors.ts';

const SEGMENT = /^(?!\.{1,2}$)[\x20-\x7e]+$/;

/**
 * Proves that a key is what the interface promises: ASCII segments between single slashes, none of them `.` or `..`.
 * Keys come from the state database or a manifest, so a damaged one must not lead out of the destination.
 * @throws FirnError BAD_KEY
 */
export function assertKey(key: string): void {
	if (!key.split('/').every((segment) => SEGMENT.test(segment))) {
		throw new FirnError('BAD_KEY', `"${key}" cannot be the name of an object.`, {
			guidance: 'The state database or the manifest it was read from is damaged.',
		});
	}
}
