import { localMinute, zonedMinute } from '../../core/local-time.ts';
import { counted } from '../../core/sizes.ts';
import { THAWING, type ThawProgress, type Waiting } from '../../core/task.ts';

/** Why nothing happens, in a sentence. */
export function waitingForThaw({ thawing, archives, settled, until, readyBy }: ThawProgress): Waiting {
	const left = archives - settled;
	const what = thawing > 0 ? `Thawing ${counted(thawing, 'archive')}` : `Waiting for ${counted(left, 'archive')}`;
	const by = readyBy === undefined ? '' : `, ready by ${zonedMinute(readyBy)} at the latest`;
	const next =
		until === undefined
			? ''
			: `; the store is asked again at ${readyBy === undefined ? zonedMinute(until) : localMinute(until)}`;
	const reason = `${what}${by}${next}. You may quit: it goes on by itself.`;
	return { code: THAWING, reason };
}
