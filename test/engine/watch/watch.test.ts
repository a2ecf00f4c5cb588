/** Watchers as they are: processes that watch real folders. */

import { chmodSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Watch, type WatchOptions } from '../../../src/engine/watch/watch.ts';
import { until } from '../../support/firn.ts';

let root: string;
let watch: Watch | undefined;

beforeEach(() => {
	root = mkdtempSync(join(tmpdir(), 'firn-watch-'));
	mkdirSync(join(root, 'data', 'below'), { recursive: true });
	writeFileSync(join(root, 'data', 'below', 'file'), 'content');
});
afterEach(() => {
	watch?.close();
	rmSync(root, { recursive: true, force: true });
});

const RULES = { excludeSystem: true, excludeDeveloper: true, oneFileSystem: false, skipPaths: [] };

async function begin(options: { excludes?: string[]; sources?: string[] } & Partial<WatchOptions> = {}) {
	const { excludes = [], sources = [join(root, 'data')], ...more } = options;
	const made = new Watch({
		selection: { sources, excludes, ...RULES },
		debounce: { quiet: 1000, atMost: 2000 },
		now: () => Date.now(),
		onChange: () => {},
		onRefused: () => {},
		...more,
	});
	watch = made;
	// It is due at its beginning, as nobody knows what has been.
	expect(made.due).toBeGreaterThan(Date.now());
	await made.renew();
	expect(made.due).toBe(undefined);
	return made;
}

/** Does it, and waits until a run is due for it. */
async function changes(of: Watch, act: () => void): Promise<void> {
	await of.renew();
	act();
	await until('a change', () => of.due !== undefined);
	expect(of.view.pending).toBeGreaterThan(0);
}

test('files that are created, changed, moved and deleted make a run due', async () => {
	const made = await begin();
	expect(made.view).toMatchObject({ state: 'watching', folders: 2, pending: 0 });
	const at = (name: string) => join(root, 'data', 'below', name);
	await changes(made, () => writeFileSync(at('new'), ''));
	await changes(made, () => writeFileSync(at('new'), 'more'));
	await changes(made, () => chmodSync(at('new'), 0o600));
	await changes(made, () => renameSync(at('new'), at('moved')));
	await changes(made, () => rmSync(at('moved')));
	await changes(made, () => writeFileSync(Buffer.concat([Buffer.from(at('odd')), Buffer.from([0xff])]), ''));
	// A folder that comes with all that is in it, and then changes.
	mkdirSync(join(root, 'elsewhere', 'deep', 'deeper'), { recursive: true });
	await changes(made, () => renameSync(join(root, 'elsewhere'), at('folder')));
	await changes(made, () => writeFileSync(at('folder/deep/deeper/file'), ''));
});

test('what the job leaves out does not', async () => {
	mkdirSync(join(root, 'data', 'node_modules'));
	writeFileSync(join(root, 'data', 'below', '.firnignore'), 'secret\n');
	const made = await begin({ excludes: ['*.tmp', '/cache/'] });
	writeFileSync(join(root, 'data', 'a.tmp'), '');
	writeFileSync(join(root, 'data', 'below', 'secret'), '');
	writeFileSync(join(root, 'data', 'node_modules', 'x'), '');
	mkdirSync(join(root, 'data', 'cache'));
	writeFileSync(join(root, 'data', 'cache', 'x'), '');
	await new Promise((resolve) => setTimeout(resolve, 700));
	expect(made.due).toBe(undefined);
	await changes(made, () => writeFileSync(join(root, 'data', 'below', '.firnignore'), ''));
});

test('a source that is a file, also one that is replaced', async () => {
	const file = join(root, 'data', 'below', 'file');
	const made = await begin({ sources: [file] });
	await changes(made, () => writeFileSync(file, 'other'));
	await changes(made, () => {
		writeFileSync(`${file}.new`, 'newer');
		renameSync(`${file}.new`, file);
	});
});

test('beyond the limit it scans, says so, and finds changes then, too', async () => {
	const refused: string[] = [];
	const made = await begin({
		limit: 1,
		debounce: { quiet: 100, atMost: 300 },
		onRefused: (reason) => refused.push(reason),
	});
	expect(refused[0]).toContain('2 folders are more than');
	expect(made.view).toMatchObject({ state: 'scanning', reason: refused[0] });
	writeFileSync(join(root, 'data', 'below', 'file'), 'CONTENT');
	await until('it is found', () => made.due !== undefined);
	expect(made.view.much).toBe(true);
});

test('a source that is not there is looked for', async () => {
	const made = await begin({ sources: [join(root, 'usb')], debounce: { quiet: 100, atMost: 300 } });
	expect(made.view.state).toBe('scanning');
	mkdirSync(join(root, 'usb'));
	await until('it is found', () => made.due !== undefined);
});

test('a watcher that is killed makes a run due, and is begun anew before it', async () => {
	const made = await begin({ debounce: { quiet: 100, atMost: 300 } });
	process.kill(made.pid!, 'SIGKILL');
	await until('it is noticed', () => made.view.state === 'lost');
	expect(made.due).toBeGreaterThan(Date.now());
	await made.renew();
	expect(made.view.state).toBe('watching');
	await changes(made, () => writeFileSync(join(root, 'data', 'new'), ''));
});

test('a storm of 100,000 changes is noticed and fills no memory', async () => {
	const folder = join(root, 'data', 'storm');
	for (let count = 0; count < 100; count++) mkdirSync(join(folder, String(count)), { recursive: true });
	// Of folders that come with their content, only the coming may be told: then a run is due all the same.
	const made = await begin();
	for (let count = 0; count < 50_000; count++) {
		const file = join(folder, String(count % 100), String(count));
		writeFileSync(file, '');
		if (count % 2 === 0) rmSync(file);
		else renameSync(file, `${file}.x`);
	}
	await until('it is noticed', () => made.view.much);
	expect(made.view.pending).toBeLessThanOrEqual(10_000);
	const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${made.pid}/status`, 'latin1'))!;
	expect(Number(kilobytes)).toBeLessThan(300 * 1024);
	// What the system has lost matters no more: the run looks at everything, and is preceded by this.
	await changes(made, () => writeFileSync(join(folder, '99', '99.x'), 'late'));
});
