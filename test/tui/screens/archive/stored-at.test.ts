/** Where the archive of a file is: its link, or destination and key; and what says so. */

import { expect, test } from 'vitest';
import type { VersionRow } from '../../../../src/core/browse.ts';
import { currentRow } from '../../../../src/tui/screens/archive/reduce.ts';
import { isLinked, isStored, storedAt } from '../../../../src/tui/screens/archive/stored-at.ts';
import { drawn } from '../../../support/app-driver.ts';
import { jobView } from '../../../support/app-state.ts';
import { type Shape, World } from './world.ts';

const FLAT: Shape = (path) => (path === '/' ? { folders: 1, files: 0 } : { folders: 0, files: 3 });
const version: VersionRow = {
	first: 1,
	last: null,
	firstTime: 1,
	lastTime: null,
	type: 'file',
	size: 1,
	time: 1,
	sha256: null,
	archive: 1,
	key: 'abcdefghij/run/000001.tar.age',
	storageClass: null,
	link: null,
	status: 'stored',
};
const LINK = 'https://drive.google.com/file/d/1/view';

function shown(destination: string, link: string | null) {
	const world = new World(FLAT, 100, 30);
	world.go('list.bottom');
	const path = world.underCursor;
	const archive = currentRow(world.state)?.totals?.firstArchive ?? 0;
	world.dispatch({ type: 'archive/versions', path, rows: [{ ...version, archive, link }] });
	const jobs = [jobView(world.state.job ?? '', { destination })];
	return { ...world.app, jobs, screens: { archive: world.state } };
}

test.each([
	['/mnt/disk', '/mnt/disk/abcdefghij/run/000001.tar.age'],
	['/mnt/disk/', '/mnt/disk/abcdefghij/run/000001.tar.age'],
	['s3://acme/p', 's3://acme/p/abcdefghij/run/000001.tar.age'],
])('in %s it is destination and key', (destination, place) => {
	const app = shown(destination, null);
	expect(storedAt(app)).toBe(place);
	expect(isStored(app)).toBe(true);
	expect(isLinked(app)).toContain('Y copies');
});

test('on Drive it is the page of the archive, which the details show', () => {
	const app = shown('gdrive:firn', LINK);
	expect(storedAt(app)).toBe(LINK);
	expect(isLinked(app)).toBe(true);
	expect(drawn(app, 'archive', 100, 27).join('\n')).toContain(LINK);
});
