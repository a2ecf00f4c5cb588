/** Any config: taken and written back the same, or refused by a sentence that says where and what, and kept as it is. */

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConfigFile } from '../../src/config/config-file.ts';
import { jobSchema } from '../../src/config/job.ts';
import { FirnError } from '../../src/core/errors.ts';
import { isRoot } from '../support/trees.ts';

let root: string;
let file: string;
beforeEach(() => {
	root = mkdtempSync(join(tmpdir(), 'firn-config-'));
	file = join(root, 'config.json');
});
afterEach(() => {
	rmSync(root, { recursive: true, force: true });
});

const FULL = {
	...jobSchema.parse({
		id: 'abcdefghij',
		name: 'docs',
		sources: ['/home/u', '/odd/\udcff'],
		destination: { url: 's3://bucket/p', endpoint: 'https://s3.example', region: 'eu-1', pathStyle: true },
		recipients: ['age1xyz'],
		created: '2026-11-21T04:56:53.000Z',
	}),
	trigger: 'weekly sun,wed 22:00',
	jitter: '15m',
	window: '22:00-06:00',
	catchUp: false,
	hooks: { before: 'true', success: 'https://hc.example/x', timeout: '5m' },
	keep: { last: 5, daily: 7 },
	pruneAfterRun: true,
	enabled: false,
};
const GOOD = { version: 1, settings: { workers: 3, compression: 'zstd' }, jobs: [FULL] };

type Path = (string | number)[];

function placesIn(value: unknown, at: Path = []): Path[] {
	if (typeof value !== 'object' || value === null) return [at];
	return [at, ...Object.entries(value).flatMap(([key, inner]) => placesIn(inner, [...at, key]))];
}

function withValue(value: unknown, path: Path, change: (old: unknown) => unknown): unknown {
	const [key, ...rest] = path;
	if (key === undefined) return change(value);
	const copy = Array.isArray(value) ? [...value] : { ...(value as object) };
	Reflect.set(copy, key, withValue(Reflect.get(copy, key), rest, change));
	return copy;
}

const odd = fc.oneof(
	fc.jsonValue({ maxDepth: 2 }),
	fc.constantFrom<unknown>(null, -1, 0, 1.5, 1e300, '', ' ', 'daily 25:00', '0 0 30 2 *', '../x', '/', [], {}, true),
	fc.string({ unit: 'binary', maxLength: 30 }),
);
/** One to three places of a good config hold something else. */
const mutated = fc
	.array(fc.tuple(fc.constantFrom(...placesIn(GOOD)), odd), { minLength: 1, maxLength: 3 })
	.map((changes) => changes.reduce<unknown>((config, [path, value]) => put(config, path, value), GOOD));
const put = (config: unknown, path: Path, value: unknown) => {
	try {
		return withValue(config, path, () => value);
	} catch {
		// What was to hold it has been replaced before.
		return config;
	}
};
/** Or one more field somewhere. */
const extended = fc
	.tuple(
		fc.constantFrom<Path>([], ['settings'], ['jobs', 0], ['jobs', 0, 'hooks'], ['jobs', 0, 'keep']),
		fc.string(),
		odd,
	)
	.map(([path, name, value]) => withValue(GOOD, path, (old) => ({ ...(old as object), [name]: value })));

/** What a refusal has to be; the text says what was tried. */
function expectRefusal(error: unknown, what: string): void {
	expect(error, what).toBeInstanceOf(FirnError);
	const { message, guidance, kind, code } = error as FirnError;
	expect([code, kind], what).toEqual(['CONFIG_BROKEN', 'usage']);
	// One line, the place, and what is wrong there.
	expect(message, what).toMatch(/^The config \S+ is (not JSON: .+|wrong at .+: .+)\.$/);
	expect(message, what).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]|\bat .*\.ts:\d/);
	expect(message.length, what).toBeLessThan(1000);
	expect(guidance).toContain('never overwrites');
}

test('is taken and written back the same, or refused and kept', () => {
	let taken = 0;
	fc.assert(
		fc.property(fc.oneof(mutated, extended, fc.jsonValue()), (value) => {
			const text = JSON.stringify(value);
			writeFileSync(file, text);
			const config = new ConfigFile(file);
			let jobs: ReturnType<ConfigFile['jobs']>;
			try {
				jobs = config.jobs();
			} catch (error) {
				expectRefusal(error, text);
				expect(() => config.saveSettings({ workers: 4 })).toThrow(FirnError);
				expect(readFileSync(file, 'utf8')).toBe(text);
				return;
			}
			taken += 1;
			const settings = config.settings();
			config.saveSettings({});
			const written = new ConfigFile(file);
			expect(written.jobs()).toEqual(jobs);
			expect(written.settings()).toEqual(settings);
		}),
		{ numRuns: 1000, interruptAfterTimeLimit: 5000 },
	);
	expect(taken).toBeGreaterThan(0);
});

test.each([
	['jobs.0.compression, "lzma"', ['jobs', 0, 'compression'], 'lzma', '"none"|"gzip"|"zstd"'],
	['jobs.0.layout, "tape"', ['jobs', 0, 'layout'], 'tape', '"archive"|"mirror"'],
	['jobs.0.trigger, "dayly"', ['jobs', 0, 'trigger'], 'dayly', '"daily 22:00"'],
	['jobs.0.jitter, "9d"', ['jobs', 0, 'jitter'], '9d', 'longer than 3d, the shortest time between two runs'],
	['jobs.0.window, "22"', ['jobs', 0, 'window'], '22', '22:00-06:00'],
	['jobs.0.workers, 99', ['jobs', 0, 'workers'], 99, '64'],
	['jobs.0.keep.last, 0', ['jobs', 0, 'keep', 'last'], 0, '1'],
	['jobs.0.id, "x"', ['jobs', 0, 'id'], 'x', 'pattern'],
	['settings.compression', ['settings', 'compression'], 'lzma', 'zstd'],
	['version, 2', ['version'], 2, 'newer'],
] as [string, Path, unknown, string][])('%s is named with what can stand there', (place, path, value, allowed) => {
	writeFileSync(file, JSON.stringify(withValue(GOOD, path, () => value)));
	let message = '';
	try {
		new ConfigFile(file).jobs();
	} catch (error) {
		message = (error as FirnError).message;
	}
	expect(message).toContain(`is wrong at ${place}`);
	expect(message).toContain(allowed);
});

/** A process that writes the config again and again, with one job more or less each time. */
const WRITER = `
const { ConfigFile } = await import(${JSON.stringify(pathToFileURL(join(import.meta.dirname, '../../src/config/config-file.ts')).href)});
const config = new ConfigFile(process.argv[1]);
const [job] = config.jobs();
process.stdout.write('.');
for (let turn = 0; ; turn++) config.save({ ...job, excludes: Array(turn % 300).fill('x'.repeat(100)) });
`;

test('kill -9 while it is written leaves a whole one', async () => {
	writeFileSync(file, JSON.stringify(GOOD));
	for (let kill = 0; kill < 5; kill++) {
		const child = spawn(process.execPath, ['--input-type=module', '-e', WRITER, file], {
			stdio: ['ignore', 'pipe', 'ignore'],
		});
		await new Promise((resolve) => child.stdout.once('data', resolve));
		setTimeout(() => child.kill('SIGKILL'), 9 * kill);
		await new Promise((resolve) => child.once('exit', resolve));
		expect(child.signalCode).toBe('SIGKILL');
		expect(new ConfigFile(file).job('docs')).toMatchObject({ trigger: 'weekly sun,wed 22:00' });
	}
});

test.skipIf(!isRoot)('a full disk leaves the old one, says so, and leaves nothing else', (context) => {
	const disk = join(root, 'disk');
	mkdirSync(disk);
	if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]).status !== 0) {
		context.skip('no file system can be mounted here');
	}
	try {
		const full = join(disk, 'config.json');
		writeFileSync(full, JSON.stringify(GOOD));
		const before = readFileSync(full, 'utf8');
		const config = new ConfigFile(full);
		const [one] = config.jobs();
		const big = { ...one!, excludes: Array(2000).fill('x'.repeat(100)) };
		expect(() => config.save(big)).toThrow(/cannot be written \(ENOSPC\)/);
		expect(readFileSync(full, 'utf8')).toBe(before);
		expect(readdirSync(disk)).toEqual(['config.json']);
		// What is asked next comes from the file, not from what could not be written.
		expect(config.jobs()).toEqual([one]);
		config.save({ ...one!, workers: 5 });
		expect(config.job('docs')?.workers).toBe(5);
		expect(existsSync(`${full}.new`)).toBe(false);
	} finally {
		spawnSync('umount', [disk]);
	}
});
