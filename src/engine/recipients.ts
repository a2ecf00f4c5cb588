/** Whom a job encrypts for: what a person asks for, and what it means for what is stored already. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseRecipient } from '../archive/age/identity.ts';
import type { Job } from '../config/job.ts';
import type { Paths } from '../config/paths.ts';
import { usageError } from '../core/errors.ts';
import { counted } from '../core/sizes.ts';
import type { JobOptions } from '../protocol/requests.ts';
import { noteKeyFacts, readKeyFacts } from '../secrets/key-facts.ts';
import type { Here } from './job-request.ts';
import { groupsIn } from './key-needs.ts';

type Wish = Pick<JobOptions, 'recipients' | 'addRecipients' | 'removeRecipients'>;

/**
 * The recipients that a job is to have, or undefined when it has none and none were named.
 * @param before those it has now
 * @throws FirnError BAD_RECIPIENT
 */
export function wantedRecipients(wish: Wish, before: string[], { secretsDir }: Paths): string[] | undefined {
	const named = (texts: string[] | undefined) => (texts ?? []).map((text) => recipientNamed(text, secretsDir));
	const start = wish.recipients ? named(wish.recipients) : before;
	const gone = named(wish.removeRecipients);
	const stranger = gone.find((recipient) => !start.includes(recipient));
	if (stranger !== undefined) {
		throw usageError('BAD_RECIPIENT', `The job does not write to ${stranger}.`, `It writes to ${start.join(', ')}.`);
	}
	const wanted = [...new Set([...start, ...named(wish.addRecipients)])].filter((one) => !gone.includes(one));
	if (wanted.length === 0 && gone.length > 0) {
		throw usageError(
			'BAD_RECIPIENT',
			'Without this recipient nobody could open what the job writes.',
			'Add another one with --add-recipient, or say --no-encrypt.',
		);
	}
	return wanted.length > 0 ? wanted : undefined;
}

/** That of this machine, for jobs that name none; the first call makes its identity. @throws as defaultRecipient() */
export async function ownRecipient({ paths, secrets }: Here): Promise<string> {
	const isFirst = secrets.recipients().length === 0;
	const now = new Date();
	const recipient = await secrets.defaultRecipient(now);
	if (isFirst) noteKeyFacts(paths.secretsDir, recipient, { since: now.toISOString(), origin: 'made' });
	return recipient;
}

/** A recipient, or the name of a key. */
function recipientNamed(text: string, secretsDir: string): string {
	for (const [recipient, { name }] of readKeyFacts(secretsDir)) if (name === text) return recipient;
	return parseRecipient(text);
}

/**
 * What a change of recipients means, for people: who can read from now on, and which stored archives still need which
 * identity.
 */
export async function recipientNotes(before: Job, after: Job, { paths, secrets }: Here): Promise<string[]> {
	const same = (a: string[], b: string[]) => a.length === b.length && a.every((one) => b.includes(one));
	if (!after.encrypt || same(before.recipients, after.recipients)) return [];
	const facts = readKeyFacts(paths.secretsDir);
	const nameOf = (recipient: string) => {
		const { name } = facts.get(recipient) ?? {};
		return name === undefined ? recipient : `${recipient} (${name})`;
	};
	const notes = [`New archives of job ${after.name} are for ${after.recipients.map(nameOf).join(', ')}.`];
	const foreign = foreignNote(after, secrets.recipients());
	if (foreign !== undefined) notes.push(foreign);
	const stateFile = join(paths.stateDir, `${after.name}.sqlite3`);
	if (!existsSync(stateFile)) return notes;
	const { groups } = await groupsIn(stateFile, () => secrets.identities());
	for (const { recipients, archives, firstRun, lastRun } of groups) {
		if (same(recipients, after.recipients) || recipients.length === 0) continue;
		const runs = firstRun === lastRun ? `run ${firstRun}` : `runs ${firstRun} to ${lastRun}`;
		const keep = recipients.length === 1 ? 'keep its identity' : 'keep one of their identities';
		const were = archives === 1 ? 'was' : 'were';
		notes.push(
			`${counted(archives, 'archive')} of ${runs} ${were} written for ${recipients.map(nameOf).join(', ')}: ${keep}.`,
		);
	}
	return notes;
}

/** When this machine cannot read what the job writes. `held`: the recipients whose identities are kept here. */
export function foreignNote(job: Job, held: string[]): string | undefined {
	if (!job.encrypt || job.recipients.length === 0 || job.recipients.some((one) => held.includes(one))) return undefined;
	return `This machine cannot read what job ${job.name} writes: no identity that opens it is kept here.`;
}
