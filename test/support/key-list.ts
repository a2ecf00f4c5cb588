/** The README's list of keys, made from the key table. */

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Binding } from '../../src/tui/keys/binding.ts';
import { BINDINGS, keyName } from '../../src/tui/keys/table.ts';
import { ALL_SCREENS } from '../../src/tui/screens/index.ts';

const README = fileURLToPath(new URL('../../README.md', import.meta.url));
const [BEGIN, END] = ['<!-- keys, made by npm run keys -->\n', '<!-- end of keys -->\n'];

const COMMON: [scope: string, title: string][] = [
	['app', 'everywhere'],
	['list', 'lists'],
	['marks', 'marks'],
	['signIn.code', 'sign-in to Google Drive'],
];

const SCREENS = ALL_SCREENS.map(({ id, title }): [string, string] => [id, title]);

const code = (key: string) => `\`${keyName(key).replaceAll('|', '\\|')}\``;

function phrase({ keys, label, dangerous }: Binding): string {
	return `${keys.map(code).join(' ')} ${label}${dangerous ? '…' : ''}`;
}

/** A row for each screen, in the order of the key table. */
export function keyList(): string {
	const rows = [...COMMON, ...SCREENS].map(([scope, title]) => {
		const here = BINDINGS.filter((binding) => binding.scope === scope);
		return here.length === 0 ? '' : `| ${title} | ${here.map(phrase).join(', ')} |\n`;
	});
	return `| where | keys (… asks first) |\n| --- | --- |\n${rows.join('')}`;
}

/** What the README says now. */
export function keyListInReadme(): string {
	const text = readFileSync(README, 'utf8');
	return text.slice(text.indexOf(BEGIN) + BEGIN.length, text.indexOf(END));
}

export function writeKeyList(): void {
	const text = readFileSync(README, 'utf8');
	writeFileSync(README, text.slice(0, text.indexOf(BEGIN) + BEGIN.length) + keyList() + text.slice(text.indexOf(END)));
}
