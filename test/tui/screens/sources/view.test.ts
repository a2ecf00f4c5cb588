import { renderToString } from 'ink';
import { createElement } from 'react';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { displayName } from '../../../../src/tui/components/text.ts';
import { newsForPicker, type Picker, reducePicker, withPattern } from '../../../../src/tui/screens/sources/picker.ts';
import { PickerView } from '../../../../src/tui/screens/sources/picker-view.tsx';
import { treeHeight } from '../../../../src/tui/screens/sources/places.ts';
import { ASCII } from '../../../../src/tui/theme/glyphs.ts';
import { LookContext } from '../../../../src/tui/theme/look.ts';
import { ODD_NAMES } from '../../../support/trees.ts';
import { HEIGHT, page, row, SELECTION, smallTree } from './pages.ts';

const plain = (text: string) => text.replace(/\u001b\[[0-9;]*m/g, '');

function show(picker: Picker, width: number, height: number, ascii = false): string[] {
	const view = createElement(PickerView, { picker, title: 'Sources of job photos', area: { width, height } });
	const look = { theme: 'mono', glyphs: ASCII } as const;
	const shown = ascii ? createElement(LookContext.Provider, { value: look }, view) : view;
	return plain(renderToString(shown, { columns: width })).split('\n');
}

function counted(picker: Picker): Picker {
	const done = (path: string, files: number, bytes: number) => ({
		path,
		state: 'done' as const,
		files,
		bytes,
		unreadable: 0,
	});
	const sizes = [
		done('/srv/data', 2000, 3e9),
		done('/srv/data/photos', 1900, 2e9),
		{ ...done('/etc', 7, 70), state: 'counting' as const },
	];
	const next = newsForPicker(picker, { type: 'sizes', sizes }, HEIGHT);
	return newsForPicker(next, { type: 'taken', epoch: picker.epoch, sources: [done('/srv/data', 1999, 2.5e9)] }, HEIGHT);
}

const SIZES = [
	[160, 42],
	[100, 27],
	[80, 21],
	[60, 13],
] as const;

/** What names may hold, as they are shown. */
const NAMES = ['/srv/data/日本語*', ...ODD_NAMES].map(displayName).join('');

describe.each(SIZES)('at %ix%i', (width, height) => {
	const variants: [string, Picker][] = [
		['the tree', counted(smallTree())],
		['the rules', reducePicker(withPattern(counted(smallTree()), '!/srv/data/日本語*'), 'sources.rules', HEIGHT)],
		['the totals', reducePicker(counted(smallTree()), 'list.details', HEIGHT)],
		[
			'odd names',
			page(
				counted(smallTree()),
				'/srv/data',
				ODD_NAMES.filter((name) => !name.includes('/')).map((name) => row(name)),
			),
		],
		['nothing chosen', smallTree({ ...SELECTION, sources: [] })],
	];
	test.each(variants)('%s fills its area and no more', (_, picker) => {
		for (const ascii of [false, true]) {
			const rows = show(picker, width, height, ascii);
			expect(rows.length).toBe(height);
			for (const text of rows) expect({ text, fits: stringWidth(text) <= width }).toEqual({ text, fits: true });
			if (ascii)
				expect(rows.join('').replace(/[^\x00-\x7f]/gu, (sign) => (NAMES.includes(sign) ? '' : sign))).toMatch(
					/^[\x20-\x7e]*$/,
				);
		}
	});

	test('no more rows are made than are shown', () => {
		const rows = Array.from({ length: 5000 }, (_, index) => row(`name-${index}`));
		const picker = page(smallTree(), '/srv/data', rows);
		const shown = show(picker, width, height).filter((text) => text.includes('name-')).length;
		expect(shown).toBeLessThanOrEqual(treeHeight({ width, height }, picker));
		expect(shown).toBeGreaterThan(0);
	});
});

test('says of each row what a run does with it, and why', () => {
	const text = show(counted(smallTree()), 100, 27).join('\n');
	expect(text).toMatch(/▾ \[-\] srv +counting/);
	expect(text).toMatch(/▾ \[x\] data +2\.79 GiB +2,000/);
	expect(text).toMatch(/\[ \] disc\.iso +4\.77 MiB +\*\.iso/);
	expect(text).toMatch(/\[!\] private +permission denied/);
	expect(text).toMatch(/\[ \] proc +pseudo file system/);
	expect(text).toMatch(/etc +counting… +7/);
	expect(text).toMatch(/Included +2\.33 GiB +1,999/);
	expect(text).toMatch(/Excluded +477 MiB +1 /);
	expect(text).toMatch(/- \*\.iso/);
	expect(text).toMatch(/\/srv\/data backed up: it is a source/);
	expect(show(withPattern(smallTree(), 'x'), 80, 21)[0]).toMatch(/not saved/);
});
