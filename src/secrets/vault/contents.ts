/**
 * What stands in a vault: an age identity file, so that `age -d -i vault.age` opens archives with it, passphrase and all.
 * Secrets that are no identities stand in comments. Pure.
 */

import { recipientOf } from '../../archive/age/identity.ts';
import { identityName, recipientNamed } from '../store.ts';

const TITLE = '# Secrets of Firn. As it is, encrypted, age takes it too: age -d -i vault.age ARCHIVE.tar.zst.age\n';
const OTHER = '# firn-secret: ';

/** The text for secrets by name, in their order. */
export function formatContents(secrets: ReadonlyMap<string, string>): string {
	const blocks = [...secrets].map(([name, secret]) => {
		const recipient = recipientNamed(name);
		if (recipient !== undefined) return `# public key: ${recipient}\n${secret}\n`;
		return `${OTHER}${JSON.stringify([name, secret])}\n`;
	});
	return TITLE + blocks.join('');
}

/** @throws FirnError BAD_IDENTITY, SyntaxError when somebody else has written it */
export function parseContents(text: string): Map<string, string> {
	const secrets = new Map<string, string>();
	for (const line of text.split('\n')) {
		if (line.startsWith(OTHER)) {
			const [name, secret] = JSON.parse(line.slice(OTHER.length)) as [string, string];
			secrets.set(name, secret);
		} else if (line.trim() !== '' && !line.startsWith('#')) {
			const identity = line.trim().toUpperCase();
			secrets.set(identityName(recipientOf(identity)), identity);
		}
	}
	return secrets;
}
