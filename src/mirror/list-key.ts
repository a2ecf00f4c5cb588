/** Names of the lists of what mirrors in stores hold (backup/mirror/store/list.ts). Pure. */

import { LISTS_FOLDER } from './pairs.ts';

/** Where the books keep the key of the newest list: table meta. */
export const NEWEST_LIST = 'mirror list';

export interface ListName {
	jobId: string;
	runId: string;
	encrypted: boolean;
}

/** What the keys of a job's lists begin with. */
export function listPrefix(jobId: string): string {
	return `${LISTS_FOLDER}/${jobId}/`;
}

export function listKey({ jobId, runId, encrypted }: ListName): string {
	return `${listPrefix(jobId)}${runId}.jsonl.zst${encrypted ? '.age' : ''}`;
}

const LIST = /^\.firn\/([a-z2-9]{10})\/(\d{8}T\d{6}Z-[a-z2-9]{5})\.jsonl\.zst(\.age)?$/;

/** Undefined for whatever is no list. */
export function parseListKey(key: string): ListName | undefined {
	const match = LIST.exec(key);
	return match ? { jobId: match[1]!, runId: match[2]!, encrypted: match[3] !== undefined } : undefined;
}
