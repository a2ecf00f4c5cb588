/** Keys and stored credentials as rows of Settings: what each says of itself. Pure. */

import { localDay } from '../../../core/local-time.ts';
import { counted } from '../../../core/sizes.ts';
import type { KeyView, Results, SecretPlaceView } from '../../../protocol/contract.ts';
import type { Segment } from '../../components/line.tsx';
import { displayName, fit, padEnd, widthOf } from '../../components/text.ts';
import type { Glyphs } from '../../theme/glyphs.ts';

/** What the engine has told of them. */
export interface KeysAnswer {
	keys: Results['keys'];
	credentials: Results['credentials']['credentials'];
}

export type KeyRow =
	| { kind: 'key'; key: KeyView }
	| { kind: 'credentials'; name: string; stored: boolean; jobs: string[] }
	| { kind: 'secrets'; secrets: SecretPlaceView };

/** Whether a row of Settings is one of these. */
export function isKeyRow<R extends { kind: string }>(row: R): row is R & KeyRow {
	return row.kind === 'key' || row.kind === 'credentials' || row.kind === 'secrets';
}

/** The keys, the credentials, and where both are kept. */
export function keyRows(answer: KeysAnswer | undefined): KeyRow[] {
	if (!answer) return [];
	return [
		...answer.keys.keys.map((key): KeyRow => ({ kind: 'key', key })),
		...answer.credentials.map((one): KeyRow => ({ kind: 'credentials', ...one })),
		{ kind: 'secrets', secrets: answer.keys.secrets },
	];
}

const STATUS = 16;
const KIND = 13;
const RIGHT = 28;
/** What people call a key, at most. */
const NAME = 20;

/** One row, in `width` cells. */
export function keyCells(row: KeyRow, width: number, glyphs: Glyphs): Segment[] {
	const cut = (text: string, room: number) => padEnd(displayName(text), Math.max(0, room), 'middle', glyphs.ellipsis);
	const [sign, word, tone] = statusOf(row, glyphs);
	const status: Segment = { text: padEnd(`${sign} ${word}`, STATUS), tone };
	const kind: Segment = { text: padEnd(KINDS[row.kind], KIND), tone: 'muted' };
	const right = width < 70 ? 0 : RIGHT;
	const room = width - STATUS - KIND - right;
	const name =
		row.kind === 'key' && row.key.name !== null
			? `${fit(displayName(row.key.name), NAME, 'end', glyphs.ellipsis)}  `
			: '';
	const rest = cut(row.kind === 'key' ? row.key.recipient : nameOf(row), room - widthOf(name));
	const use = fit(displayName(useOf(row)), Math.max(0, right - 2), 'end', glyphs.ellipsis);
	const uses: Segment[] = right > 0 ? [{ text: `  ${use}`, tone: 'muted' }] : [];
	return [status, kind, { text: fit(name, room, 'end', glyphs.ellipsis) + rest }, ...uses];
}

const KINDS: Record<KeyRow['kind'], string> = { key: 'key', credentials: 'credentials', secrets: 'kept in' };

/** What people know it by. */
export function nameOf(row: KeyRow): string {
	if (row.kind === 'credentials') return row.name;
	if (row.kind === 'secrets') return row.secrets.place;
	return row.key.name === null ? row.key.recipient : `${row.key.name}  ${row.key.recipient}`;
}

function statusOf(row: KeyRow, glyphs: Glyphs): [sign: string, word: string, tone: 'ok' | 'warn' | 'muted'] {
	if (row.kind === 'credentials') return row.stored ? [glyphs.ok, 'stored', 'ok'] : [glyphs.warn, 'missing', 'warn'];
	if (row.kind === 'secrets') {
		const { store, locked } = row.secrets;
		return locked ? [glyphs.warn, 'locked', 'warn'] : [glyphs.ok, store === 'file' ? 'plain file' : store, 'ok'];
	}
	if (!row.key.held) return [glyphs.off, 'not here', 'muted'];
	return hasSheet(row.key) ? [glyphs.ok, 'here', 'ok'] : [glyphs.warn, 'no sheet yet', 'warn'];
}

/** One that was taken in is somewhere else by its nature. */
const hasSheet = ({ sheetStored, origin }: KeyView): boolean => sheetStored !== null || origin === 'imported';

function useOf(row: KeyRow): string {
	if (row.kind === 'secrets') return '';
	if (row.kind === 'credentials') return row.jobs.join(', ');
	const archives = row.key.needed.reduce((sum, need) => sum + need.archives, 0);
	const jobs = row.key.jobs.join(', ');
	return [counted(archives, 'archive'), ...(jobs === '' ? [] : [jobs])].join(', ');
}

/** What a row means, in sentences. */
export function explainedKey(row: KeyRow): string[] {
	return sentences(row).map(displayName);
}

function sentences(row: KeyRow): string[] {
	if (row.kind === 'secrets') {
		const { why, locked, alsoIn } = row.secrets;
		return [
			`${why[0]?.toUpperCase() ?? ''}${why.slice(1)}.`,
			...(locked ? ['Its passphrase is asked for when it is needed.'] : []),
			...(alsoIn ? [`A move was interrupted: copies may lie in the ${alsoIn}, too. m ends it.`] : []),
		];
	}
	if (row.kind === 'credentials') {
		const used = row.jobs.length > 0 ? `Used by ${row.jobs.join(', ')}.` : 'No job uses them.';
		return [row.stored ? used : `${used} They are not stored here: s stores them.`];
	}
	const { key } = row;
	const writes = key.jobs.length > 0 ? `Jobs that write to it: ${key.jobs.join(', ')}.` : 'No job writes to it.';
	const opens = key.needed.map(({ job, archives, alone }) => {
		const others = alone < archives ? `, of ${archives - alone} others here are keys too` : '';
		return `It opens ${counted(archives, 'archive')} of ${job}${others}.`;
	});
	const since =
		key.since === null ? '' : `${key.origin === 'imported' ? 'Taken in' : 'Made'} ${localDay(Date.parse(key.since))}. `;
	const sheet = key.held && !hasSheet(key) ? ['Its recovery sheet is not stored yet: K.'] : [];
	const absent = key.held ? [] : ['Its identity is not on this machine: what it alone opens cannot be read here.'];
	return [
		key.recipient,
		`${since}${key.isDefault ? 'New jobs write to it. ' : ''}${writes}`,
		...sheet,
		...absent,
		...opens,
	];
}

/** Archives that nothing here would open without it. */
export function lostWithout({ needed }: KeyView): number {
	return needed.reduce((sum, { alone }) => sum + alone, 0);
}
