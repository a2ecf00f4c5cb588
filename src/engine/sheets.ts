/** What the engine does about recovery sheets: makes them, notes that they are stored, and says when to remind. */

import type { Results } from '../protocol/contract.ts';
import type { CheckedRequests } from '../protocol/requests.ts';
import { isTimeToRemind, noteKeyFacts, readKeyFacts } from '../secrets/key-facts.ts';
import type { KeyRing } from './key-ring.ts';
import { recoverySheet } from './recovery-sheet.ts';

export class Sheets {
	readonly #ring: KeyRing;

	constructor(ring: KeyRing) {
		this.#ring = ring;
	}

	/**
	 * The page to print, of one key or of all that are kept here; `stored` notes instead that it lies somewhere safe.
	 * @throws FirnError NO_IDENTITY, KEY_UNKNOWN, KEY_NOT_HELD
	 */
	async make({ key, stored }: CheckedRequests['recoverySheet']): Promise<Results['recoverySheet']> {
		const keys = await this.#ring.held(key);
		if (stored) {
			const sheetStored = new Date().toISOString();
			for (const { recipient } of keys) noteKeyFacts(this.#ring.secretsDir, recipient, { sheetStored });
			return { keys: await this.#ring.held(key), text: '', identities: [] };
		}
		const sheetKeys = await Promise.all(
			keys.map(async (one) => ({ ...one, identity: await this.#ring.secretOf(one) })),
		);
		const sheetJobs = this.#ring.jobs().map((job) => ({
			...job,
			keys: keys.flatMap(({ jobs: writing, needed }, at) =>
				writing.includes(job.name) || needed.some((need) => need.job === job.name) ? [at + 1] : [],
			),
		}));
		const text = recoverySheet(
			sheetKeys,
			sheetJobs.filter((job) => job.keys.length > 0),
			new Date(),
		);
		return { keys, text, identities: sheetKeys.map(({ identity }) => identity) };
	}

	/** Recipients of keys made here of which no sheet is stored; none when there was a reminder within a day. */
	remind(): Results['sheetReminder'] {
		const facts = readKeyFacts(this.#ring.secretsDir);
		const due = this.#ring.secrets.recipients().filter((recipient) => {
			const { origin, sheetStored } = facts.get(recipient) ?? {};
			return origin !== 'imported' && sheetStored === undefined;
		});
		return { recipients: due.length > 0 && isTimeToRemind(this.#ring.secretsDir, new Date()) ? due : [] };
	}
}
