/** Which archives need which identity. */

import { openHeader } from '../archive/age/header.ts';
import { recipientOf } from '../archive/age/identity.ts';
import { FirnError } from '../core/errors.ts';
import type { KeyNeed } from '../protocol/contract.ts';
import { mirrorGroups, type RecipientGroup, recipientGroups, unknownHeaders } from '../state/archive-recipients.ts';
import { readJobState } from '../state/job-state.ts';
import { openState } from '../state/open-state.ts';

/** The archives of a job by whom they were encrypted for. */
export interface JobGroups {
	job: string;
	groups: (RecipientGroup & { recipients: string[] })[];
}

/**
 * The archives in a state database. Where nobody wrote down for whom they are, and only there, the identities at hand
 * are asked for and tried.
 * @throws FirnError as readJobState() and `identities`
 */
export async function groupsIn(stateFile: string, identities: () => Promise<string[]>): Promise<JobGroups> {
	const { name: job, layout, encrypt, recipients: own } = readJobState(stateFile).job;
	const state = openState(stateFile, 'read');
	try {
		// The files of a mirror are shut as well without the identity.
		if (layout === 'mirror') return { job, groups: encrypt ? mirrorGroups(state, own) : [] };
		const known = recipientGroups(state).flatMap(({ recipients, ...group }) =>
			recipients ? [{ ...group, recipients }] : [],
		);
		const unknown = [...unknownHeaders(state)];
		const atHand = unknown.length > 0 ? await identities() : [];
		const tried = unknown.map(({ run, header }) => ({
			recipients: atHand.filter((identity) => opens(header, identity)).map(recipientOf),
			archives: 1,
			firstRun: run,
			lastRun: run,
		}));
		return { job, groups: [...known, ...tried] };
	} finally {
		state.close();
	}
}

function opens(header: Uint8Array, identity: string): boolean {
	try {
		openHeader(header, [identity]);
		return true;
	} catch (error) {
		if (error instanceof FirnError && error.code === 'WRONG_IDENTITY') return false;
		throw error;
	}
}

/** What each recipient's identity is needed for; `held`: the recipients whose identities are at hand. Pure. */
export function needsOf(jobs: JobGroups[], held: ReadonlySet<string>): Map<string, KeyNeed[]> {
	const needs = new Map<string, KeyNeed[]>();
	for (const { job, groups } of jobs) {
		for (const { recipients, archives, firstRun, lastRun } of groups) {
			for (const recipient of new Set(recipients)) {
				const own = needs.get(recipient) ?? [];
				needs.set(recipient, own);
				const others = recipients.some((other) => other !== recipient && held.has(other));
				const alone = others ? 0 : archives;
				const before = own.find((need) => need.job === job);
				if (!before) own.push({ job, archives, alone, firstRun, lastRun });
				else {
					before.archives += archives;
					before.alone += alone;
					before.firstRun = Math.min(before.firstRun, firstRun);
					before.lastRun = Math.max(before.lastRun, lastRun);
				}
			}
		}
	}
	return needs;
}
