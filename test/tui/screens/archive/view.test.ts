import { renderToString } from 'ink';
import { createElement, type ReactElement } from 'react';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { layout } from '../../../../src/tui/layout/layout.ts';
import { archiveScreen } from '../../../../src/tui/screens/archive/screen.tsx';
import { ASCII, type Glyphs, UNICODE } from '../../../../src/tui/theme/glyphs.ts';
import { LookContext } from '../../../../src/tui/theme/look.ts';
import { appOf, type Shape, World } from './world.ts';

const FLAT: Shape = (path) => (path === '/' ? { folders: 1, files: 0 } : { folders: 0, files: 1_000_000 });

function draw(world: World, glyphs: Glyphs = UNICODE): string[] {
	const { columns, rows } = world.app;
	const { View } = archiveScreen;
	const view = createElement(View, { state: world.state, app: world.app, area: layout(columns, rows).content });
	const look = { theme: '16' as const, glyphs };
	return renderToString(createElement(LookContext.Provider, { value: look }, view) as ReactElement, { columns }).split(
		'\n',
	);
}

describe('the screen Archive', () => {
	it.each([
		[160, 45],
		[100, 30],
		[80, 24],
		[60, 16],
	])('fills %i x %i exactly, and keeps the cursor in it', (columns, rows) => {
		const world = new World(FLAT, columns, rows);
		world.go('list.bottom', 'list.mark', 'list.up');
		for (const glyphs of [UNICODE, ASCII]) {
			const lines = draw(world, glyphs);
			expect(lines.length).toBeLessThanOrEqual(rows - 3);
			expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(columns);
			expect(lines.some((line) => line.includes(glyphs.cursor) && line.includes('f999998'))).toBe(true);
			if (glyphs === ASCII) expect(lines.join('')).toMatch(/^[\x20-\x7e]*$/);
		}
	});

	it('mounts only the rows that are seen of a million', () => {
		const world = new World(FLAT, 160, 45);
		world.go('list.bottom', 'list.pageUp');
		const lines = draw(world).filter((line) => line.includes('/f9999') || line.includes('f9999'));
		expect(lines.length).toBeGreaterThan(20);
		expect(lines.length).toBeLessThanOrEqual(60);
	});

	it('tells the storage class and what is thawed of a folder', () => {
		const world = new World(FLAT, 120, 36);
		world.load();
		world.app.now = Date.UTC(2026, 5, 1, 12);
		const classes = [
			{ storageClass: 'DEEP_ARCHIVE', archives: 6 },
			{ storageClass: null, archives: 1 },
		];
		const warmUntil = new Date(2026, 5, 4).getTime();
		const view = { classes, thawing: 2, warm: 1, warmUntil };
		world.dispatch({ type: 'archive/storage', path: world.underCursor, view });
		const line = draw(world).find((one) => one.includes('Class'));
		expect(line).toMatch(/DEEP_ARCHIVE 6, no class 1 {3}archive 1: 2 thawing, 1 warm until 4 Jun 00:00 /);
		world.dispatch({ type: 'archive/storage', path: '/elsewhere', view });
		expect(draw(world).join()).not.toContain('Class');
	});

	it('shows no name as it is', () => {
		const world = new World(() => ({ folders: 0, files: 3 }));
		const answer = world.page('/', 0);
		for (const row of answer.rows)
			Object.assign(row, { name: 'a\u001b[2J\nb\u202e👍', path: '/a\u001b[2J\nb\u202e👍' });
		world.dispatch({ type: 'archive/rows', generation: world.state.generation, folder: '/', answer });
		const text = draw(world).join('\n');
		expect(text).toContain('a\\e[2J\\nb\\u{202e}\\u{1f44d}');
		expect(text).not.toMatch(/\u202e|👍|a\u001b/);
	});

	it('says why there is nothing', () => {
		const world = new World(FLAT);
		world.app = appOf(100, 30, '');
		world.app.job = undefined;
		world.app.jobs = [];
		world.dispatch({ type: 'tick', now: 1 });
		expect(draw(world).join('\n')).toContain('There is no job yet.');
		const other = new World(FLAT);
		const { generation } = other.state;
		other.dispatch({ type: 'archive/problem', generation, code: 'STATE_MISSING', text: 'x' });
		expect(draw(other).join('\n')).toContain('photos has no finished run yet.');
		other.dispatch({ type: 'archive/problem', generation, code: 'STATE_CORRUPT', text: 'It is damaged.' });
		expect(draw(other).join('\n')).toContain('It is damaged.');
	});

	it('tells a screen reader the row and its marks', () => {
		const world = new World(FLAT);
		world.go('list.mark', 'list.up');
		expect(archiveScreen.speak(world.state, world.app)).toEqual({
			summary: ['Snapshot 7 of photos', '1 marked, 9.54 MiB'],
			item: '/d0, dir, 1,000,000 files, 9.54 MiB, stored, marked',
		});
	});
});
