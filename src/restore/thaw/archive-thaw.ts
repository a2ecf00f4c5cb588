/**
 * What becomes of one archive that has to be thawed before it can be read. Pure: each function gives the archive as it is
 * after something has happened.
 *
 *     planned → requested → thawing → warm → fetched → verified
 *                  ↑                    ↓
 *                  └───── expired ←─────┘        and failed, from everywhere but the end
 */

import type { PlainError } from '../../core/errors.ts';
import type { ColdClass } from '../../pricing/estimate.ts';
import type { ThawTier } from '../../pricing/price-table.ts';

/**
 * `requested`: written down before the store is asked, so that whoever comes after a crash looks before asking again.
 * `fetched`: its files are in the target. `verified`: they are known to be on the disk, each with its recorded hash.
 */
export type ThawStatus = 'planned' | 'requested' | 'thawing' | 'warm' | 'fetched' | 'verified' | 'expired' | 'failed';

export interface ThawArchive {
	archive: number;
	key: string;
	size: number;
	/** Bytes that are read of it. */
	fetchBytes: number;
	status: ThawStatus;
	/** What has to be thawed; unknown until the store was asked, when the class does not tell. */
	coldClass?: ColdClass | undefined;
	/** Of Intelligent-Tiering: it thaws in place, and stays warm. */
	inPlace?: boolean | undefined;
	/** Whether the store has been asked since the restore began, or since it was found cold. */
	looked?: boolean | undefined;
	/** Of the newest order. */
	tier?: ThawTier | undefined;
	days?: number | undefined;
	/** ms since 1970. */
	orderedAt?: number | undefined;
	/** Orders that the store has accepted: each was charged. */
	orders: number;
	/** ms since 1970; absent of a warm one that stays so. */
	warmUntil?: number | undefined;
	/** Refused orders since the last that was accepted, and when it is tried again. */
	refusals: number;
	retryAt?: number | undefined;
	/** How often it could not be read though it was said to be warm. */
	coldReads: number;
	error?: PlainError | undefined;
}

/** What the store tells of an archive. */
export type Seen =
	| { state: 'readable' }
	| { state: 'cold' | 'ongoing'; coldClass?: ColdClass | undefined; inPlace?: boolean | undefined }
	| { state: 'warm'; until: number }
	| { state: 'gone'; error: PlainError };

/** What came of an order. */
export type OrderAnswer =
	| { answer: 'accepted' | 'extended' | 'ongoing' | 'readable' }
	/** It is tried again, at the latest after MOST_REFUSALS for the last time. */
	| { answer: 'refused'; error: PlainError; retryAt: number }
	| { answer: 'failed'; error: PlainError };

/** A copy that has expired so often is not ordered again: something keeps it from being read. */
export const MOST_ORDERS = 3;
export const MOST_REFUSALS = 8;
export const MOST_COLD_READS = 5;

const FINAL: ReadonlySet<ThawStatus> = new Set(['verified', 'failed']);
const SETTLED: ReadonlySet<ThawStatus> = new Set(['fetched', 'verified', 'failed']);

/** Nothing more happens to it. */
export const isFinal = ({ status }: ThawArchive): boolean => FINAL.has(status);
/** The store has done its part. */
export const isSettled = ({ status }: ThawArchive): boolean => SETTLED.has(status);

/** The store was asked how it is. */
export function seen(archive: ThawArchive, what: Seen, now: number): ThawArchive {
	if (isSettled(archive)) return archive;
	if (what.state === 'gone') return failed(archive, what.error);
	// An order that nobody has noted the answer of, when the engine was killed, has arrived after all.
	const arrived = archive.status === 'requested' && (what.state === 'ongoing' || what.state === 'warm');
	const looked = { ...archive, looked: true, orders: archive.orders + (arrived ? 1 : 0) };
	if (what.state === 'readable') return warm(looked, undefined);
	if (what.state === 'warm') return what.until > now ? warm(looked, what.until) : expired(looked);
	const { coldClass = archive.coldClass, inPlace = archive.inPlace } = what;
	const known = { ...looked, coldClass, inPlace };
	if (what.state === 'ongoing') {
		// When the order was given is not known, and somebody else's may be as old as that.
		return { ...known, status: 'thawing', orderedAt: archive.orderedAt ?? now, warmUntil: undefined };
	}
	if (archive.status === 'thawing' || archive.status === 'warm') return expired(known);
	// The order never arrived.
	return archive.status === 'requested' ? { ...known, status: 'planned' } : known;
}

/** An order is about to be given. One that thaws already stays as it is: a faster tier may be refused. */
export function ordering(archive: ThawArchive, tier: ThawTier, days: number | undefined): ThawArchive {
	return archive.status === 'thawing' ? archive : { ...archive, status: 'requested', tier, days };
}

/** The store has answered an order of this tier. */
export function ordered(archive: ThawArchive, what: OrderAnswer, now: number, tier = archive.tier): ThawArchive {
	if (isSettled(archive)) return archive;
	if (what.answer === 'failed') return failed(archive, what.error);
	if (what.answer === 'readable') return warm(archive, undefined);
	if (what.answer === 'refused') {
		if (archive.refusals + 1 >= MOST_REFUSALS) return failed(archive, what.error);
		const status = archive.status === 'thawing' ? 'thawing' : 'planned';
		return { ...archive, status, refusals: archive.refusals + 1, retryAt: what.retryAt };
	}
	const charged = what.answer === 'ongoing' ? 0 : 1;
	return {
		...archive,
		// It is warm already: until when, the store tells whoever looks.
		looked: what.answer === 'extended' ? false : archive.looked,
		status: 'thawing',
		tier,
		orders: archive.orders + charged,
		orderedAt: charged === 1 ? now : (archive.orderedAt ?? now),
		retryAt: undefined,
		warmUntil: undefined,
	};
}

/** Time has passed. */
export function aged(archive: ThawArchive, now: number): ThawArchive {
	if (archive.status !== 'warm' || archive.warmUntil === undefined || archive.warmUntil > now) return archive;
	return expired(archive);
}

/** Reading it was refused: it is not as warm as it seemed. */
export function foundCold(archive: ThawArchive, error: PlainError): ThawArchive {
	const coldReads = archive.coldReads + 1;
	if (coldReads >= MOST_COLD_READS) return failed(archive, error);
	return isFinal(archive) ? archive : { ...expired(archive), coldReads, looked: false };
}

export function fetched(archive: ThawArchive): ThawArchive {
	return archive.status === 'warm' ? { ...archive, status: 'fetched' } : archive;
}

export function verified(archive: ThawArchive): ThawArchive {
	return archive.status === 'fetched' ? { ...archive, status: 'verified' } : archive;
}

export function failed(archive: ThawArchive, error: PlainError): ThawArchive {
	return isFinal(archive) ? archive : { ...archive, status: 'failed', error };
}

/** After a restart: what was not known to be on the disk is looked at again. */
export function reopened(archive: ThawArchive): ThawArchive {
	if (isFinal(archive)) return archive;
	return archive.status === 'fetched' ? { ...archive, status: 'warm', looked: false } : { ...archive, looked: false };
}

function warm(archive: ThawArchive, until: number | undefined): ThawArchive {
	return { ...archive, status: 'warm', warmUntil: until, refusals: 0, retryAt: undefined };
}

function expired(archive: ThawArchive): ThawArchive {
	return { ...archive, status: 'expired', warmUntil: undefined };
}
