/** A mirror of `root`/source in the bucket of a simulated store or another one, or encrypted in a folder, run in this process. */

import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { openAll } from '../../src/archive/age/payload.ts';
import { decompressFrames } from '../../src/archive/frames.ts';
import { MirrorRun } from '../../src/backup/mirror/mirror-run.ts';
import type { BackupSpec } from '../../src/backup/spec.ts';
import type { Job } from '../../src/config/job.ts';
import { decodePath, fsPath } from '../../src/core/path-bytes.ts';
import type { TaskEvent, TaskSummary } from '../../src/core/task.ts';
import { makeTestBackup } from './campaign/spec.ts';
import type { S3Simulator } from './s3-simulator/simulator.ts';
import { startS3Simulator } from './s3-simulator/simulator.ts';

export interface ListLine {
	path: string;
	type: string;
	[field: string]: unknown;
}

/** Where the mirror is. */
export interface MirroredTo {
	/** All keys, ascending. */
	keys: () => string[];
	/** The bytes of an object. */
	content: (key: string) => Promise<Buffer>;
}

export interface MirrorCase {
	spec: BackupSpec;
	source: string;
	identityFile: string;
	run: (
		change?: Partial<BackupSpec>,
		started?: (run: MirrorRun) => void,
	) => Promise<TaskSummary & { events: TaskEvent[] }>;
	/** Keys without the prefix, but for the list. */
	keys: () => string[];
	/** The content of an object, decrypted. */
	content: (key: string) => Promise<Buffer>;
	/** The lines of the one list that is there, without the first and the last. */
	list: () => Promise<ListLine[]>;
	/** Names of `source` that the mirror does not have as they are, and objects too many. */
	differences: () => Promise<string[]>;
}

export interface StoreMirrorCase extends MirrorCase {
	simulator: S3Simulator;
	close: () => Promise<void>;
}

const PREFIX = 'pre/';

export async function storeMirrorCase(root: string, job: Partial<Job> = {}): Promise<StoreMirrorCase> {
	const simulator = await startS3Simulator({ minPartSize: 64 * 1024 });
	const destination = { url: 's3://bucket/pre', endpoint: simulator.endpoint, region: simulator.region };
	Object.assign(process.env, simulator.env);
	const store: MirroredTo = {
		keys: () => simulator.keys().map((key) => key.slice(PREFIX.length)),
		content: (key) => simulator.content(PREFIX + key),
	};
	return { ...mirrorCase(root, { destination, ...job }, store), simulator, close: () => simulator.close() };
}

export function mirrorCase(root: string, job: Partial<Job>, store: MirroredTo): MirrorCase {
	const { spec, source, identityFile } = makeTestBackup(root, { layout: 'mirror', encrypt: false, ...job });
	const identity = readFileSync(identityFile, 'utf8').trim();
	const { encrypt } = spec.job;
	const open = (bytes: Buffer) => (encrypt ? openAll([identity], bytes) : bytes);
	const content = async (key: string) => open(await store.content(key));
	const all = store.keys;
	const keys = () => all().filter((key) => !key.startsWith('.firn/'));
	const list = async () => {
		const lists = all().filter((key) => key.startsWith('.firn/'));
		if (lists.length !== 1) throw new Error(`there are ${lists.length} lists`);
		const lines = decompressFrames('zstd', await content(lists[0]!))
			.toString()
			.trimEnd()
			.split('\n');
		const [first, ...entries] = lines.map((line) => JSON.parse(line));
		const last = entries.pop();
		if (first.firn !== 'mirror' || last.firn !== 'end' || last.entries !== entries.length) throw new Error('bad list');
		return entries as ListLine[];
	};
	return {
		spec,
		source,
		identityFile,
		keys,
		content,
		list,
		run: async (change = {}, started = () => {}) => {
			const events: TaskEvent[] = [];
			const reporter = { progress: () => {}, event: (event: TaskEvent) => void events.push(event) };
			const mirror = new MirrorRun(structuredClone({ ...spec, ...change }), reporter);
			started(mirror);
			return { ...(await mirror.execute()), events };
		},
		differences: async () => differences(source, await list(), new Set(keys()), content),
	};
}

/** Paths of all that is in a folder, relative to it. */
function namesBelow(folder: string): string[] {
	return readdirSync(fsPath(folder), { encoding: 'buffer' }).flatMap((bytes) => {
		const name = decodePath(bytes);
		const path = `${folder}/${name}`;
		const isFolder = lstatSync(fsPath(path)).isDirectory();
		return [name, ...(isFolder ? namesBelow(path).map((below) => `${name}/${below}`) : [])];
	});
}

async function differences(
	source: string,
	list: ListLine[],
	left: Set<string>,
	content: (key: string) => Promise<Buffer>,
): Promise<string[]> {
	const found: string[] = [];
	const lines = new Map(list.map((line) => [line.path, line]));
	for (const entry of ['', ...namesBelow(source)]) {
		const path = entry === '' ? source : `${source}/${entry}`;
		const line = lines.get(path.slice(1));
		lines.delete(path.slice(1));
		const stat = lstatSync(fsPath(path), { bigint: true });
		if (!line) found.push(`not listed: ${entry}`);
		else if (line.mode !== Number(stat.mode) % 0o10000) found.push(`mode: ${entry}`);
		else if (line.mtime !== String(stat.mtimeNs)) found.push(`time: ${entry}`);
		else if (line.type === 'symlink') {
			if (line.link !== readlinkSync(fsPath(path))) found.push(`link: ${entry}`);
		} else if (line.type === 'file' || line.type === 'hardlink') {
			const first = line.type === 'file' ? line : list.find(({ path: other }) => other === line.link);
			const object = first?.object as { key: string; size: number } | undefined;
			if (!object || !(await content(object.key)).equals(readFileSync(fsPath(path)))) found.push(`content: ${entry}`);
			if (line.type === 'file') left.delete(object!.key);
		}
	}
	return [
		...found,
		...[...lines.keys()].map((path) => `too much in the list: ${path}`),
		...[...left].map((key) => `too much: ${key}`),
	];
}
