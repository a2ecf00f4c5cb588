import type { Tier } from './types.ts';

/** An archive class, or the archive tier of Intelligent-Tiering that keeps its times. */
export type ArchiveClass = 'GLACIER' | 'DEEP_ARCHIVE';

export type ThawTime = (thaw: { key: string; archiveClass: ArchiveClass; tier: Tier }) => number;

const HOUR = 3_600_000;

/** The longest that AWS names; Deep Archive has no expedited thaws. */
const LONGEST: Record<ArchiveClass, Partial<Record<Tier, number>>> = {
	GLACIER: { Expedited: 5 * 60_000, Standard: 5 * HOUR, Bulk: 12 * HOUR },
	DEEP_ARCHIVE: { Standard: 12 * HOUR, Bulk: 48 * HOUR },
};

export const isOffered = (archiveClass: ArchiveClass, tier: Tier) => LONGEST[archiveClass][tier] !== undefined;

export const longestThaw: ThawTime = ({ archiveClass, tier }) => LONGEST[archiveClass][tier]!;
