import {
	chmodSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConfigFile } from '../../src/config/config-file.ts';
import { type Job, jobSchema } from '../../src/config/job.ts';
import { FirnError } from '../../src/core/errors.ts';

let root: string;
let file: string;
beforeEach(() => {
	root = mkdtempSync(join(tmpdir(), 'firn-config-'));
	file = join(root, 'deep', 'config.json');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const job = (name: string, id = name.padEnd(10, 'a')): Job =>
	jobSchema.parse({
		id,
		name,
		sources: ['/home/u', '/odd/\udcff'],
		destination: { url: '/mnt/disk' },
		recipients: ['age1xyz'],
		created: '2026-11-21T04:56:53.000Z',
	});

function write(text: string): void {
	mkdirSync(join(root, 'deep'), { recursive: true });
	writeFileSync(file, text);
}

function errorOf(what: () => unknown): FirnError {
	try {
		what();
	} catch (error) {
		if (error instanceof FirnError) return error;
		throw error;
	}
	throw new Error('nothing was thrown');
}

describe('the config', () => {
	test('is not there until a job is saved, and 0600 in a 0700 folder from then on', () => {
		const config = new ConfigFile(file);
		expect(config.jobs()).toEqual([]);
		expect(readdirSync(root)).toEqual([]);
		config.save(job('one'));
		expect(statSync(file).mode & 0o777).toBe(0o600);
		expect(statSync(join(root, 'deep')).mode & 0o777).toBe(0o700);
		expect(readdirSync(join(root, 'deep'))).toEqual(['config.json']);
		expect(new ConfigFile(file).jobs()).toEqual([job('one')]);
	});

	test('keeps jobs in their order, replaces by id and removes', () => {
		const config = new ConfigFile(file);
		for (const name of ['one', 'two', 'three']) config.save(job(name));
		config.save({ ...job('two'), workers: 7 });
		expect(config.jobs().map(({ name, workers }) => [name, workers])).toEqual([
			['one', 2],
			['two', 7],
			['three', 2],
		]);
		config.remove(job('one').id);
		config.remove('nothere222');
		expect(config.jobs().map(({ name }) => name)).toEqual(['two', 'three']);
		expect(config.job('three')).toEqual(job('three'));
		expect(config.job('one')).toBeUndefined();
	});

	test('what is edited by hand counts at once, and is not lost by the next save', () => {
		const config = new ConfigFile(file);
		config.save(job('one'));
		write(readFileSync(file, 'utf8').replace('"workers": 2', '"workers": 5'));
		expect(config.job('one')?.workers).toBe(5);
		config.save(job('two'));
		expect(config.job('one')?.workers).toBe(5);
		rmSync(file);
		expect(config.jobs()).toEqual([]);
	});

	test('fields that are left out take their default', () => {
		const { id, name, sources, destination, created } = job('one');
		write(JSON.stringify({ version: 1, jobs: [{ id, name, sources, destination, created }] }));
		expect(new ConfigFile(file).job('one')).toEqual({ ...job('one'), recipients: [] });
	});

	test('a link to it stays a link', () => {
		mkdirSync(join(root, 'deep'));
		writeFileSync(join(root, 'real.json'), '{"version":1,"jobs":[]}');
		symlinkSync('../real.json', file);
		new ConfigFile(file).save(job('one'));
		expect(JSON.parse(readFileSync(join(root, 'real.json'), 'utf8')).jobs).toHaveLength(1);
	});

	test.each([
		['not JSON', '{"version":1,', 'is not JSON'],
		['empty', '', 'is not JSON'],
		['another version', '{"version":2,"jobs":[]}', 'wrong at version, 2'],
		['another type', '[]', 'wrong at its root'],
		['an unknown field', '{"version":1,"jobs":[],"extra":1}', 'extra'],
		[
			'a job with a wrong value',
			JSON.stringify({ version: 1, jobs: [{ ...job('one'), workers: 0 }] }),
			'wrong at jobs.0.workers, 0',
		],
		[
			'a job with a dangerous name',
			JSON.stringify({ version: 1, jobs: [{ ...job('one'), name: '../x' }] }),
			'jobs.0.name, "../x"',
		],
		[
			'two jobs of one name',
			JSON.stringify({ version: 1, jobs: [job('one'), job('one', 'bbbbbbbbbb')] }),
			'jobs.1.name',
		],
	])('%s is refused, and the file kept as it is', (_what, text, says) => {
		write(text);
		const config = new ConfigFile(file);
		for (const attempt of [() => config.jobs(), () => config.save(job('two')), () => config.remove('x')]) {
			const { code, kind, message, guidance } = errorOf(attempt);
			expect({ code, kind }).toEqual({ code: 'CONFIG_BROKEN', kind: 'usage' });
			expect(message).toContain(file);
			expect(message).toContain(says);
			expect(message).toMatch(/^[^\n]+\.$/);
			expect(guidance).toMatch(/\.$/);
		}
		expect(readFileSync(file, 'utf8')).toBe(text);
		expect(readdirSync(join(root, 'deep'))).toEqual(['config.json']);
	});

	test('a config that cannot be read is told, and not taken for none', () => {
		mkdirSync(file, { recursive: true });
		expect(errorOf(() => new ConfigFile(file).jobs())).toMatchObject({ code: 'CONFIG_UNREADABLE', kind: 'usage' });
	});

	test.runIf(process.getuid?.() !== 0)('a folder that cannot be written is told', () => {
		write('{"version":1,"jobs":[]}');
		chmodSync(join(root, 'deep'), 0o500);
		expect(errorOf(() => new ConfigFile(file).save(job('one'))).code).toBe('CONFIG_NOT_WRITTEN');
		chmodSync(join(root, 'deep'), 0o700);
	});

	test('whatever stands in it: jobs, or an error that names it, and never another file', () => {
		const good = JSON.stringify({ version: 1, jobs: [job('one')] });
		const damaged = fc
			.tuple(fc.nat(good.length), fc.nat(20), fc.string({ maxLength: 8 }))
			.map(([from, cut, put]) => good.slice(0, from) + put + good.slice(from + cut));
		const other = fc.jsonValue().map((value) => JSON.stringify({ version: 1, jobs: value }));
		fc.assert(
			fc.property(fc.oneof(damaged, other, fc.json(), fc.string()), (text) => {
				write(text);
				const config = new ConfigFile(file);
				try {
					for (const one of config.jobs()) expect(jobSchema.parse(one)).toEqual(one);
				} catch (error) {
					expect(error).toBeInstanceOf(FirnError);
					expect((error as FirnError).message).toContain(file);
				}
				expect(readFileSync(file)).toEqual(Buffer.from(text));
			}),
			{ numRuns: 300 },
		);
	});
});
