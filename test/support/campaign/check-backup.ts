/** Whether a finished backup is right, proven with stock tools and from outside. Gives every fault it finds as a line. */

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type ArchiveView, type EntryView, StateView } from './state-view.ts';
import type { StoreView } from './store-view.ts';
import { pathsBelow } from './tree.ts';

export interface CheckOptions {
	source: string;
	stateFile: string;
	secretsDir: string;
	identityFile: string;
	store: StoreView;
	workDir: string;
	/** Absolute paths that the source has ever had: unpacking all archives brings deleted ones back. */
	everSeen: ReadonlySet<string>;
}

/** @returns what is wrong, nothing if all is well */
export async function checkBackup(options: CheckOptions): Promise<string[]> {
	const { source, stateFile, secretsDir, store } = options;
	const state = new StateView(stateFile);
	try {
		const wrong: string[] = [];
		const integrity = state.integrity();
		if (integrity !== 'ok') wrong.push(`database: ${integrity}`);
		const newest = state.runs().at(-1);
		if (newest?.status !== 'complete') wrong.push(`run is ${newest?.status}`);
		for (const table of ['parts', 'planned', 'index_pieces', 'problems'] as const) {
			const count = state.count(table);
			if (count > 0) wrong.push(`${count} rows are left in ${table}`);
		}
		const keys = join(secretsDir, 'runs');
		if (existsSync(keys) && readdirSync(keys).length > 0) wrong.push(`run keys are left: ${readdirSync(keys)}`);
		const archives = state.archives();
		const entries = state.entries();
		wrong.push(...compareWithSource(source, entries, archives));
		wrong.push(...compareWithStore(store, state, archives));
		if (wrong.length === 0) wrong.push(...(await unpackAll(options, archives, entries)));
		return wrong;
	} finally {
		state.close();
	}
}

const TYPE = new Map([
	[0o100000, 'file'],
	[0o040000, 'dir'],
	[0o120000, 'symlink'],
	[0o010000, 'fifo'],
]);

/** The snapshot against the disk: each name once, with its metadata and the hash of its content. */
function compareWithSource(source: string, entries: EntryView[], archives: ArchiveView[]): string[] {
	const wrong: string[] = [];
	const stored = new Set(archives.filter(({ status }) => status === 'stored').map(({ archive }) => archive));
	const byPath = new Map<string, EntryView>();
	for (const entry of entries) {
		if (byPath.has(entry.path)) wrong.push(`twice in the snapshot: ${entry.path}`);
		if (!stored.has(entry.archive)) wrong.push(`in an archive that is not stored: ${entry.path}`);
		byPath.set(entry.path, entry);
	}
	const order = new Map(archives.map(({ archive }, at) => [archive, at]));
	for (const path of [source, ...pathsBelow(source)]) {
		const name = path.slice(1);
		const entry = byPath.get(name);
		byPath.delete(name);
		if (!entry) {
			wrong.push(`not in the snapshot: ${path}`);
			continue;
		}
		const stat = lstatSync(path, { bigint: true });
		const type = TYPE.get(Number(stat.mode) & 0o170000)!;
		const isLink = entry.type === 'hardlink' && type === 'file';
		if (entry.type !== type && !isLink) wrong.push(`${path} is a ${type}, not a ${entry.type}`);
		if (entry.mtime !== stat.mtimeNs) wrong.push(`other time of ${path}`);
		if (entry.mode !== (Number(stat.mode) & 0o7777)) wrong.push(`other mode of ${path}`);
		if (type === 'symlink' && entry.link !== readlinkSync(path)) wrong.push(`other target of ${path}`);
		if (entry.type === 'file') {
			if (entry.size !== Number(stat.size)) wrong.push(`size ${entry.size} instead of ${stat.size}: ${path}`);
			else if (entry.sha256 !== sha256(readFileSync(path))) wrong.push(`other hash of ${path}`);
		}
		if (isLink) {
			const first = entries.find((other) => other.path === entry.link);
			if (first?.type !== 'file') wrong.push(`the hard link ${path} leads to ${entry.link}, a ${first?.type}`);
			else if (lstatSync(`/${entry.link}`, { bigint: true }).ino !== stat.ino)
				wrong.push(`${path} is no link of ${entry.link}`);
			else if (order.get(first.archive)! > order.get(entry.archive)!) wrong.push(`${path} links to a later archive`);
		}
	}
	for (const path of byPath.keys()) wrong.push(`in the snapshot but not on the disk: ${path}`);
	return wrong;
}

/** Every object is in the books, and every book entry has its object. */
function compareWithStore(store: StoreView, state: StateView, archives: ArchiveView[]): string[] {
	const uploads = store.uploads().filter((upload) => !/^(RECOVER\.txt|\.firn-probe)/.test(upload));
	// Those names belong to no run: another process may be writing them, so they are left alone for a day.
	const wrong = uploads.map((upload) => `an upload is left: ${upload}`);
	const keys = new Set(store.keys());
	const take = (key: string) => {
		if (!keys.delete(key)) wrong.push(`no object ${key}`);
	};
	take('RECOVER.txt');
	for (const { key, status, sidecar, encrypted } of archives) {
		if (status === 'open') wrong.push(`still open: ${key}`);
		if (status !== 'stored') continue;
		take(key);
		if (sidecar !== 1) wrong.push(`no sidecar of ${key}`);
		take(key.replace(/\.tar.*$/, encrypted ? '.idx.age' : '.idx'));
	}
	for (const { id, status } of state.runs()) {
		const manifests = [...keys].filter((key) => new RegExp(`/${id}/manifest(-\\d+)?(\\.age)?$`).test(key));
		if (status === 'complete' && manifests.length === 0) wrong.push(`no manifest of ${id}`);
		for (const key of manifests) keys.delete(key);
	}
	return [...wrong, ...[...keys].map((key) => `nobody knows the object ${key}`)];
}

/** Unpacks all archives in order with age, zstd or gzip and tar, and lets rsync compare. */
async function unpackAll(options: CheckOptions, archives: ArchiveView[], entries: EntryView[]): Promise<string[]> {
	const { store, workDir, source, everSeen } = options;
	const wrong: string[] = [];
	const out = join(workDir, 'unpacked');
	rmSync(out, { recursive: true, force: true });
	mkdirSync(out, { recursive: true });
	for (const archive of archives.filter(({ status }) => status === 'stored')) {
		const object = await store.content(archive.key);
		if (object.length !== archive.size) wrong.push(`${archive.key} has ${object.length} bytes, not ${archive.size}`);
		const raw = rawOf(options, archive, object);
		if (raw.length !== archive.raw_size) wrong.push(`${archive.key} unpacks to ${raw.length}, not ${archive.raw_size}`);
		for (const entry of entries) {
			if (entry.archive === archive.archive) wrong.push(...checkPlace(raw, entry, archive.key));
		}
		wrong.push(
			...checkSidecar(
				options,
				archive,
				await store.content(archive.key.replace(/\.tar.*$/, archive.encrypted ? '.idx.age' : '.idx')),
				entries,
			),
		);
		try {
			tool('tar', ['--quoting-style=literal', '-xpf', '-', '-C', out, '--numeric-owner'], raw);
		} catch (error) {
			const held = new Set(entries.filter((entry) => entry.archive === archive.archive).map(({ path }) => path));
			const lines = String((error as { stderr?: Buffer }).stderr)
				.trim()
				.split('\n');
			wrong.push(...lines.filter((line) => !isOfTheLost(line, held)).map((line) => `${archive.key}: ${line}`));
		}
	}
	const changes = tool('rsync', [
		'-aHn',
		'--checksum',
		'--delete',
		'--itemize-changes',
		`${source}/`,
		`${out}${source}/`,
	])
		.toString()
		.split('\n')
		.filter((line) => line !== '' && !line.startsWith('.d..t'));
	for (const line of changes) {
		const deleted = /^\*deleting +(.*?)\/?$/.exec(line)?.[1];
		if (deleted === undefined || !everSeen.has(join(source, deleted))) wrong.push(`rsync: ${line}`);
	}
	return wrong;
}

/** A link in an archive whose both names have gone since: what tar says of it harms nobody. */
function isOfTheLost(line: string, held: ReadonlySet<string>): boolean {
	if (line === 'tar: Exiting with failure status due to previous errors') return true;
	const path = /^tar: (.*): Cannot hard link to /.exec(line)?.[1];
	return path !== undefined && !held.has(path);
}

function rawOf({ identityFile }: CheckOptions, archive: ArchiveView, object: Buffer): Buffer {
	const payload = archive.encrypted ? tool('age', ['-d', '-i', identityFile], object) : object;
	if (archive.compression === 'none') return payload;
	return tool(archive.compression, ['-dc'], payload);
}

/** The bytes at an entry's offset are that entry: its header's checksum, its content's hash. */
function checkPlace(raw: Buffer, entry: EntryView, key: string): string[] {
	const piece = raw.subarray(entry.offset, entry.offset + entry.length);
	if (piece.length !== entry.length || piece.toString('latin1', 257, 262) !== 'ustar')
		return [`${key}: no ${entry.path} at ${entry.offset}`];
	if (entry.type !== 'file') return [];
	// A sparse file's bytes are fewer than its size; tar knows how to lay them out.
	const padded = Math.ceil(entry.size / 512) * 512;
	const isPlain = piece.length > padded && piece.indexOf('GNU.sparse') === -1;
	const unpacked = isPlain
		? piece.subarray(piece.length - padded, piece.length - padded + entry.size)
		: tool('tar', ['-xOf', '-'], Buffer.concat([piece, Buffer.alloc(1024)]));
	return sha256(unpacked) === entry.sha256 ? [] : [`${key}: other content of ${entry.path}`];
}

function checkSidecar(options: CheckOptions, archive: ArchiveView, object: Buffer, entries: EntryView[]): string[] {
	const plain = archive.encrypted ? tool('age', ['-d', '-i', options.identityFile], object) : object;
	const [header, ...lines] = tool('zstd', ['-dc'], plain)
		.toString()
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line));
	const wrong: string[] = [];
	const { key } = archive;
	if (header.archive !== key || header.size !== archive.size) wrong.push(`the sidecar of ${key} is another's`);
	const counted = lines.filter(({ t }) => t === 0 || t === 3).length;
	if (header.files !== archive.files || counted !== archive.files) {
		wrong.push(`the sidecar of ${key} has ${counted} files, its header ${header.files}, the books ${archive.files}`);
	}
	const places = new Map(lines.map(({ p, o, n }) => [`${p}`, `${o} ${n}`]));
	if (places.size !== lines.length) wrong.push(`the sidecar of ${key} has a name twice`);
	for (const { path, offset, length, archive: of } of entries) {
		if (of === archive.archive && places.get(path) !== `${offset} ${length}`)
			wrong.push(`${path} is not in the sidecar of ${key}`);
	}
	return wrong;
}

function tool(name: string, args: string[], input?: Buffer): Buffer {
	return execFileSync(name, args, {
		maxBuffer: 1024 ** 3,
		stdio: ['pipe', 'pipe', 'pipe'],
		...(input === undefined ? {} : { input }),
	});
}

function sha256(bytes: Uint8Array): string {
	return createHash('sha256').update(bytes).digest('hex');
}
