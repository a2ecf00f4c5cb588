/** Sign-ins to Google Drive as rows of Settings: what each says of itself. Pure. */

import type { PlainError } from '../../../core/errors.ts';
import { formatSize } from '../../../core/sizes.ts';
import type { GdriveAccountView, Results } from '../../../protocol/contract.ts';
import { bar } from '../../components/bar.ts';
import type { Segment } from '../../components/line.tsx';
import { displayName, fit, padEnd, wrap } from '../../components/text.ts';
import { roomWords } from '../../sign-in/words.ts';
import type { Glyphs } from '../../theme/glyphs.ts';
import type { Tone } from '../../theme/theme.ts';

/** What Google says of a sign-in, or why it says nothing. */
export type AccountState = GdriveAccountView | { error: PlainError };

export interface DriveAnswer {
	signIns: Results['gdriveSignIns']['signIns'];
	/** By name; absent while Google is asked. */
	accounts: Record<string, AccountState>;
}

export interface SignInRow {
	kind: 'signIn';
	name: string;
	stored: boolean;
	jobs: string[];
	account: AccountState | undefined;
}

export function driveRows(answer: DriveAnswer | undefined): SignInRow[] {
	if (!answer) return [];
	return answer.signIns.map((one) => ({ kind: 'signIn', ...one, account: answer.accounts[one.name] }));
}

/** What copying copies. */
export function accountName({ name, account }: SignInRow): string {
	return account && 'email' in account ? account.email : name;
}

const STATUS = 16;
const NAME = 14;
const ROOM = 28;
/** An address has at least so many cells. */
const MAIL = 28;

/** One row, in `width` cells. */
export function signInCells(row: SignInRow, width: number, glyphs: Glyphs): Segment[] {
	const { name, account } = row;
	const [sign, word, tone] = statusOf(row, glyphs);
	const known = account && 'email' in account ? account : undefined;
	const right = width - STATUS - NAME - ROOM < MAIL ? 0 : ROOM;
	const mail = width - STATUS - NAME - right;
	return [
		{ text: padEnd(`${sign} ${word}`, STATUS), tone },
		{ text: `${padEnd(displayName(name), NAME - 2, 'middle', glyphs.ellipsis)}  ` },
		{ text: padEnd(displayName(known?.email ?? ''), mail, 'middle', glyphs.ellipsis) },
		...(right > 0 && known ? [{ text: `  ${fit(roomWords(known), right - 2)}`, tone: 'muted' as const }] : []),
	];
}

function statusOf({ stored, account }: SignInRow, glyphs: Glyphs): [sign: string, word: string, tone: Tone] {
	if (!stored) return [glyphs.warn, 'not signed in', 'warn'];
	if (!account) return [glyphs.busy, 'asking', 'busy'];
	if ('email' in account) return [glyphs.ok, 'signed in', 'ok'];
	return account.error.code === 'BAD_CREDENTIALS'
		? [glyphs.error, 'signed out', 'error']
		: [glyphs.warn, 'not known', 'warn'];
}

const BAR = 40;

/** What is known of the account under the cursor, in lines. */
export function accountLines({ name, stored, jobs, account }: SignInRow, width: number, glyphs: Glyphs): Segment[][] {
	const plain = (text: string, tone: Tone = 'muted') =>
		wrap(displayName(text), width).map((line): Segment[] => [{ text: line, tone }]);
	const uses = jobs.length > 0 ? `Jobs that go by it: ${jobs.join(', ')}.` : 'No job goes by it.';
	if (!stored) return [...plain(`Nobody is signed in as ${name}: s signs in.`, 'warn'), ...plain(uses)];
	if (!account) return [...plain('Asking Google.'), ...plain(uses)];
	if ('error' in account) {
		const { message, code, guidance } = account.error;
		const what = code === 'BAD_CREDENTIALS' ? 's signs in again.' : (guidance ?? '');
		return [...plain(`${message} ${what}`.trim(), 'warn'), ...plain(uses)];
	}
	return [...spaceLine(account, width, glyphs), ...plain(`${account.email}. ${uses}`)];
}

/** A bar with what it says in units, where there is a limit. */
function spaceLine(account: GdriveAccountView, width: number, glyphs: Glyphs): Segment[][] {
	const { used, limit } = account;
	if (limit === undefined) return [[{ text: `${roomWords(account)}.` }]];
	const share = limit === 0 ? 1 : used / limit;
	const tone: Tone = share >= 0.95 ? 'error' : share >= 0.8 ? 'warn' : 'accent';
	const words = `${Math.floor(share * 100)} %   ${formatSize(used)} used, ${roomWords(account)}`;
	return [[{ text: bar(share, Math.min(BAR, Math.floor(width / 3)), glyphs), tone }, { text: `  ${words}` }]];
}

/** The row for screen readers. */
export function spokenSignIn(row: SignInRow, glyphs: Glyphs): string {
	const [, word] = statusOf(row, glyphs);
	const { account } = row;
	const room = account && 'email' in account ? `, ${account.email}, ${roomWords(account)}` : '';
	return displayName(`${row.name}: ${word}${room}. Jobs: ${row.jobs.join(', ') || 'none'}`);
}
