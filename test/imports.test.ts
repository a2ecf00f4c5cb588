/** Reads all imports of the sources and holds the direction they may have, folder by folder. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const SRC = fileURLToPath(new URL('../src', import.meta.url));

/** Formats, stores, books and settings: what the engine's work stands on. */
const GROUND = ['archive', 'mirror', 'destinations', 'state', 'secrets', 'pricing', 'config'];
/** Writes files with all that belongs to them, whatever their names: for restores and mirrors. */
const TARGET = 'target';
const WORK = ['backup', 'restore', 'catalog'];

/** What a folder may import besides itself. Whoever may import a folder may import what is below it. */
const ALLOWED: Record<string, string[]> = {
	core: [],
	...Object.fromEntries(GROUND.map((folder) => [folder, ['core']])),
	[TARGET]: [...GROUND, 'core'],
	...Object.fromEntries(WORK.map((folder) => [folder, [TARGET, ...GROUND, 'core']])),
	protocol: ['core'],
	client: ['protocol', 'core'],
	commands: ['client', 'protocol', 'core'],
	tui: ['client', 'protocol', 'core'],
	engine: [...WORK, TARGET, ...GROUND, 'protocol', 'core'],
	// The only one that knows both sides. Of the config only where the engine's socket lies.
	bin: ['commands', 'tui', 'engine', 'config', 'core'],
};

/** Imports between siblings: file and folder, and why. A new one needs as good a reason, or the code belongs elsewhere. */
const EXCEPTIONS: Record<string, string> = {
	'catalog/companions.ts → backup': 'sidecars and manifests are written in one way, also where the store has lost one',
	'state/job-state.ts → config': 'the database holds the job as its last run had it, checked by the schema of jobs',
	'secrets/identities.ts → archive': 'identities are age keys, and what one is, only the format knows',
	'secrets/plain-file.ts → archive': 'the same',
	'secrets/secrets.ts → archive': 'the same',
	'secrets/vault/contents.ts → archive': 'the same',
	'secrets/vault/vault.ts → archive': 'a vault is an age file',
};

/** Packages that one folder alone may use. */
const ONLY_IN: [package_: RegExp, folder: string][] = [
	[/^(react|ink)(\/|$)|^ink-/, 'tui/'],
	[/^@aws-sdk\/|^@smithy\//, 'destinations/s3/'],
	[/^node:sqlite$/, 'state/'],
];

interface Import {
	file: string;
	to: string;
	/** Disappears when compiled. */
	typeOnly: boolean;
	dynamic: boolean;
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name));

/** A table beside the code that reads it. */
const isData = (file: string) => file.endsWith('.json') && existsSync(join(SRC, file));

/** Comments out, so that what is only talked about does not count. */
const code = (file: string) =>
	readFileSync(join(SRC, file), 'utf8')
		.replace(/\/\*[\s\S]*?\*\//g, '')
		.replace(/^\s*\/\/.*$/gm, '');

const STATIC = /^\s*(?:import|export)\b(\s+type\b)?([^'";]*?\bfrom\b)?\s*['"]([^'"]+)['"]/gm;
const DYNAMIC = /\b(?:import|require|createRequire\([^)]*\))\s*\(\s*['"]([^'"]+)['"]/g;

const imports: Import[] = files.flatMap((file) => {
	const text = code(file);
	return [
		...[...text.matchAll(STATIC)].map((m) => ({ file, to: m[3]!, typeOnly: m[1] !== undefined, dynamic: false })),
		...[...text.matchAll(DYNAMIC)].map((m) => ({ file, to: m[1]!, typeOnly: false, dynamic: true })),
	];
});

const folderOf = (file: string) => file.split('/')[0]!;
const targetOf = ({ file, to }: Import) => relative(SRC, join(SRC, dirname(file), to));
const inside = imports.filter(({ to }) => to.startsWith('.'));
const outside = imports.filter(({ to }) => !to.startsWith('.'));

describe('imports', () => {
	test('are found', () => {
		expect(files.length).toBeGreaterThan(100);
		expect(inside.length).toBeGreaterThan(300);
		expect(inside.some(({ dynamic }) => dynamic)).toBe(true);
	});

	test('stay in the sources and name files that are there', () => {
		const wrong = inside.filter((one) => !files.includes(targetOf(one)) && !isData(targetOf(one)));
		expect(wrong.map((one) => `${one.file}: ${one.to}`)).toEqual([]);
	});

	test('go downwards only', () => {
		const wrong = inside
			.map((one) => ({ file: one.file, from: folderOf(one.file), to: folderOf(targetOf(one)) }))
			.filter(({ from, to }) => from !== to && !ALLOWED[from]?.includes(to))
			.map(({ file, to }) => `${file} → ${to}`)
			.filter((edge) => !(edge in EXCEPTIONS));
		expect(wrong).toEqual([]);
	});

	test('no exception is left over', () => {
		const edges = inside.map((one) => `${one.file} → ${folderOf(targetOf(one))}`);
		expect(Object.keys(EXCEPTIONS).filter((edge) => !edges.includes(edge))).toEqual([]);
	});

	test('every folder of the sources has its place', () => {
		const folders = new Set(files.map(folderOf));
		expect([...folders].filter((folder) => !(folder in ALLOWED))).toEqual([]);
	});

	// A type may be named elsewhere, to hand on what the folder has made.
	test.each(ONLY_IN)('%s only in %s', (pattern, folder) => {
		const wrong = outside.filter(({ file, to, typeOnly }) => !typeOnly && pattern.test(to) && !file.startsWith(folder));
		expect(wrong.map(({ file, to }) => `${file}: ${to}`)).toEqual([]);
	});

	test('the AWS SDK is loaded only when S3 is used', () => {
		// From any start, without following import(): what is loaded at once.
		const reached = new Set<string>();
		const visit = (file: string) => {
			if (reached.has(file)) return;
			reached.add(file);
			for (const one of inside) {
				if (one.file === file && !one.dynamic && !one.typeOnly) visit(targetOf(one));
			}
		};
		for (const start of ['bin/main.ts', 'bin/engine-main.ts', 'engine/engine.ts', 'backup/run-thread.ts']) visit(start);
		const loaded = outside.filter((one) => !one.typeOnly && !one.dynamic && reached.has(one.file));
		expect(loaded.filter(({ to }) => /^@(aws-sdk|smithy)\//.test(to)).map(({ file }) => file)).toEqual([]);
	});

	test('core does no I/O but for making files durably and folders, and for starting threads', () => {
		const wrong = outside.filter(
			({ file, to }) =>
				folderOf(file) === 'core' &&
				/^node:(fs|net|http|https|child_process|sqlite|worker_threads)/.test(to) &&
				!/^core\/(durable-file|create-durably|make-folders|task-thread|asked-thread|hashing\/(big-hash|hash-thread))\.ts$/.test(
					file,
				),
		);
		expect(wrong.map(({ file, to }) => `${file}: ${to}`)).toEqual([]);
	});

	test('the contract does no I/O', () => {
		const wrong = outside.filter(({ file, to }) => folderOf(file) === 'protocol' && to.startsWith('node:'));
		expect(wrong.map(({ file, to }) => `${file}: ${to}`)).toEqual([]);
	});
});
