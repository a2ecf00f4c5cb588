/**
 * The list of what a mirror in a store holds. It says what objects cannot (links, folders, devices, owners of encrypted
 * ones), and the books can be made anew from it.
 *
 * Key: `.firn/<job id>/<run id>.jsonl.zst`, with `.age` behind it where the mirror is encrypted; the one whose run id
 * sorts last counts. `zstd -d` (after `age -d`) gives JSON lines:
 * - first `{"firn":"mirror","format":1,"version","job":{settings},"run":{"number","id","started","finished"},
 *   "pairs":[{"source","name"}]}`: what lay in `source` lies below `name`;
 * - then one a name, a folder before what is in it: `{"path","type","mode","uid","gid","mtime","ctime","ino"}`, where
 *   path is that of the source without its first slash (odd bytes as in core/path-bytes.ts) and times are nanoseconds in
 *   a string, as is ino. Files have `"size","sha256"` of the content and `"object":{"key","size","etag","crc32"}` as it
 *   was sent (crc32 where it is known); symlinks and further names of a file have `"link"` (the path of the first name,
 *   which has the object); devices have `"device":[major,minor]`;
 * - last `{"firn":"end","entries":N}`, without which the list is cut off.
 *
 * The books have the same: `entries` with archive 0 (`last` = CURRENT is all there is), and `objects` by key.
 */

import { compressFrame, FRAME_SIZE } from '../../../archive/frames.ts';
import type { StoredEntry } from '../../../core/entry.ts';
import { FirnError } from '../../../core/errors.ts';
import type { Destination } from '../../../destinations/destination.ts';
import { listKey, listPrefix, NEWEST_LIST } from '../../../mirror/list-key.ts';
import { objectKey } from '../../../mirror/object-key.ts';
import { mirroredPath, type Pair } from '../../../mirror/pairs.ts';
import type { MirrorStore } from '../../../state/mirror-store.ts';
import type { RunRow } from '../../../state/run-store.ts';
import type { RunBooks } from '../../run-books.ts';
import type { BackupSpec } from '../../spec.ts';
import type { Flow } from '../flow.ts';
import { sendObject } from './send-object.ts';

export interface ListOptions {
	books: RunBooks;
	mirror: MirrorStore;
	run: RunRow;
	destination: Destination;
	spec: BackupSpec;
	pairs: Pair[];
	flow: Flow;
	onNotice: (message: string) => void;
}

/** How long a list may get; it is not known before it is made. */
const LONGEST = 16 * 1024 ** 3;

/**
 * Stores the list of what the books hold now, unless nothing has changed since the last one; then older ones go.
 * @throws FirnError as requests do; the reason of a stop
 */
export async function writeList(options: ListOptions): Promise<void> {
	const { books, mirror, run, destination, spec, flow, onNotice } = options;
	const { job } = spec;
	const { signal } = flow;
	const newest = books.runs.getMeta(NEWEST_LIST);
	if (newest !== undefined && !mirror.hasChanged(run.run) && (await destination.head(newest, { signal }))) return;
	const key = listKey({ jobId: job.id, runId: run.id, encrypted: job.encrypt });
	await sendObject(destination, {
		key,
		size: LONGEST,
		content: framesOf(linesOf(options)),
		...(job.encrypt ? { recipients: job.recipients } : {}),
		...(job.storageClass === undefined ? {} : { storageClass: job.storageClass }),
		partSize: job.partSize,
		signal,
		gate: () => flow.pass(),
		onSent: () => {},
	});
	books.transaction.begin();
	books.runs.setMeta(NEWEST_LIST, key);
	books.transaction.commit();
	try {
		for await (const { key: other } of destination.list(listPrefix(job.id), { signal })) {
			if (other !== key) await destination.delete(other);
		}
	} catch (error) {
		if (!(error instanceof FirnError) || error.code !== 'DEST_DENIED') throw error;
		onNotice(`Older lists of the mirror could not be deleted: ${error.message}`);
	}
}

function* linesOf({ mirror, run, spec, pairs }: ListOptions): Generator<object> {
	const { job, version } = spec;
	const { run: number, id, started } = run;
	const times = { started: new Date(started).toISOString(), finished: new Date().toISOString() };
	yield { firn: 'mirror', format: 1, version, job, run: { number, id, ...times }, pairs };
	let entries = 0;
	for (const { path, entry } of mirror.entries()) {
		entries += 1;
		yield { path, ...described(entry), ...objectOf(path, entry) };
	}
	yield { firn: 'end', entries };

	function objectOf(path: string, { type }: StoredEntry): object {
		const own = type === 'file' ? mirroredPath(pairs, path) : undefined;
		if (!own) return {};
		const key = objectKey(own.to, job.encrypt);
		return { object: { key, ...mirror.object(key) } };
	}
}

function described({ type, mode, uid, gid, mtimeNs, ctimeNs, ino, size, sha256, link, offset, length }: StoredEntry) {
	return {
		type,
		mode,
		uid,
		gid,
		mtime: String(mtimeNs),
		ctime: String(ctimeNs),
		ino: String(ino),
		...(type === 'file' ? { size } : {}),
		...(sha256 ? { sha256: Buffer.from(sha256).toString('hex') } : {}),
		...(link === '' ? {} : { link }),
		...(type === 'char' || type === 'block' ? { device: [offset, length] } : {}),
	};
}

function* framesOf(lines: Iterable<object>): Generator<Uint8Array> {
	let text: string[] = [];
	let length = 0;
	for (const line of lines) {
		text.push(`${JSON.stringify(line)}\n`);
		length += text.at(-1)!.length;
		if (length < FRAME_SIZE) continue;
		yield compressFrame('zstd', Buffer.from(text.join('')));
		text = [];
		length = 0;
	}
	if (length > 0) yield compressFrame('zstd', Buffer.from(text.join('')));
}
