/** Small age files under a passphrase: the scrypt recipient (https://c2sp.org/age#the-scrypt-recipient-type). */

import { randomBytes, scrypt } from 'node:crypto';
import { FirnError } from '../../core/errors.ts';
import { assembleHeader, isHeaderOf, readHeader, unwrapFileKey, wrapFileKey } from './header.ts';
import { openPayload, sealPayload } from './payload.ts';
import { badHeader, decodeBase64, encodeBase64 } from './stanzas.ts';

/** As age uses it: about a second, and 256 MiB. */
export const WORK_FACTOR = 18;
/** The most that age reads: beyond it a file could keep a machine busy for ever. */
const MOST_WORK = 22;
const SALT_LABEL = 'age-encryption.org/v1/scrypt';
const SALT_BYTES = 16;
const BLOCK_SIZE = 8;

/** A file for a passphrase. Made in the thread pool of Node, so that nobody else waits. */
export async function sealWithPassphrase(
	passphrase: string,
	plain: Uint8Array,
	workFactor: number = WORK_FACTOR,
): Promise<Buffer> {
	const fileKey = randomBytes(16);
	const salt = randomBytes(SALT_BYTES);
	const body = wrapFileKey(await stretch(passphrase, salt, workFactor), fileKey);
	const stanza = `-> scrypt ${encodeBase64(salt)} ${workFactor}\n${encodeBase64(body)}\n`;
	return Buffer.concat([assembleHeader([stanza], fileKey), sealPayload(fileKey, plain)]);
}

/**
 * The content of a file under a passphrase.
 * @throws FirnError WRONG_PASSPHRASE, NOT_AGE, BAD_AGE_HEADER, DAMAGED, TRUNCATED
 */
export async function openWithPassphrase(passphrase: string, sealed: Uint8Array): Promise<Buffer> {
	const header = readHeader(sealed);
	if (header === 'more') throw badHeader('the file ends within it');
	const { args, body } = header.stanzas[0]!;
	if (args[0] !== 'scrypt') throw badHeader('it is not for a passphrase');
	const salt = decodeBase64(args[1] ?? '');
	// As strictly as age: no sign, no leading zero.
	const workFactor = /^[1-9]\d?$/.test(args[2] ?? '') ? Number(args[2]) : Number.NaN;
	if (args.length !== 3 || salt.length !== SALT_BYTES || !(workFactor <= MOST_WORK))
		throw badHeader('its passphrase is malformed');
	const fileKey = unwrapFileKey(await stretch(passphrase, salt, workFactor), body);
	if (!fileKey) throw new FirnError('WRONG_PASSPHRASE', 'The passphrase is wrong.', { kind: 'usage' });
	if (!isHeaderOf(sealed, fileKey)) throw badHeader('its checksum is wrong');
	return openPayload(fileKey, sealed.subarray(header.length));
}

function stretch(passphrase: string, salt: Buffer, workFactor: number): Promise<Buffer> {
	const N = 2 ** workFactor;
	const options = { N, r: BLOCK_SIZE, p: 1, maxmem: 2 * 128 * N * BLOCK_SIZE + 2 ** 20 };
	const label = Buffer.concat([Buffer.from(SALT_LABEL), salt]);
	return new Promise((resolve, reject) => {
		scrypt(passphrase, label, 32, options, (error, key) => (error ? reject(error) : resolve(key)));
	});
}
