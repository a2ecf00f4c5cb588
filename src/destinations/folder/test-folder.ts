/** Tries out a folder: is it there, what file system is it, can it be written, read, listed, deleted in. */

import { access, constants, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { conclude, type DestinationTest, type Space } from '../../core/destination-test.ts';
import { FirnError, toFirnError } from '../../core/errors.ts';
import { newJobId } from '../../core/ids.ts';
import { fsPath } from '../../core/path-bytes.ts';
import { formatSize } from '../../core/sizes.ts';
import { storeMismatch } from '../refusals.ts';
import { StepLog } from '../test/step-log.ts';
import { rootMissing } from './errors.ts';
import { FolderDestination } from './folder-destination.ts';
import { PARTIAL_FOLDER, PartialFiles } from './partial-files.ts';
import { inFolder, rootIsThere } from './root-folder.ts';
import { spaceOf } from './space.ts';

const PROBE = Buffer.from('probe');
const CANNOT = 'Nothing can be backed up.';

/** @param job what is known of the job that writes there; no sources where there is none */
export async function testFolder(
	root: string,
	job: { sources: string[]; splitSize?: number },
): Promise<DestinationTest> {
	const log = new StepLog();
	const isThere = await rootIsThere(root);
	const place = isThere ? root : dirname(root);
	let space: Space | undefined;
	const left: string[] = [];
	if (await log.try('reach', {}, () => reach(root, isThere))) {
		await log.try('space', {}, async () => {
			space = await inFolder(place, 'say what is free', undefined, () => spaceOf(place));
			const { free, total, fileSystem, mountedAt } = space;
			const kind = fileSystem === undefined ? '' : `, ${fileSystem} mounted at ${mountedAt}`;
			return `${formatSize(free)} of ${formatSize(total)} free${kind}.`;
		});
		if (isThere) left.push(...(await tryFiles(root, log)));
		else {
			await log.try('write', { cost: CANNOT }, async () => {
				await inFolder(place, 'make the folder', undefined, () => access(place, constants.W_OK | constants.X_OK));
				return 'It can be made.';
			});
		}
	}
	const notes = space ? [...spaceNotes(space, job.splitSize), ...(await sameDisk(place, job.sources))] : [];
	return {
		url: root,
		kind: 'folder',
		where: root,
		...conclude(log.steps),
		notes,
		left,
		...(space === undefined ? {} : { space }),
	};
}

async function reach(root: string, isThere: boolean): Promise<string> {
	if (!isThere) {
		// Only the folder itself is made by a backup.
		const above = await stat(dirname(root)).catch(() => undefined);
		if (!above?.isDirectory()) throw rootMissing(root);
		return 'It is not there yet; the first backup makes it. If it is on a disk, that is not mounted.';
	}
	const found = await inFolder(root, 'look at it', undefined, () => stat(root));
	if (found.isDirectory()) return 'It is there.';
	throw new FirnError('DEST_NOT_FOLDER', `The destination ${root} is not a folder.`, {
		guidance: 'Give the path of a folder.',
	});
}

/** @returns what could not be removed again */
async function tryFiles(root: string, log: StepLog): Promise<string[]> {
	const folder = new FolderDestination(root);
	const key = `.firn-probe-${newJobId()}`;
	try {
		const wrote = await log.try('write', { cost: CANNOT }, async () => {
			const upload = await folder.beginUpload(key, { partSize: PROBE.length });
			try {
				const part = { number: 1, body: PROBE, crc32: crc32(PROBE), partSize: PROBE.length };
				await folder.uploadPart(upload, part);
			} finally {
				await folder.abortUpload(upload);
			}
			await folder.put(key, PROBE);
			return 'A file was written and is on the disk.';
		});
		await log.try('list', { cost: 'What is stored cannot be found again.' }, async () => {
			let found = !wrote;
			for await (const object of folder.list(key)) found ||= object.key === key;
			if (!found) throw storeMismatch(key, root, 'nothing');
			return 'What is stored can be listed.';
		});
		if (wrote) {
			await log.try('read', { cost: 'Nothing can be restored.' }, async () => {
				const chunks: Uint8Array[] = [];
				for await (const chunk of folder.get(key)) chunks.push(chunk);
				if (!Buffer.concat(chunks).equals(PROBE)) throw storeMismatch(key, root, 'other bytes');
				return 'What was written was read back.';
			});
			await log.try('delete', { cost: 'No space can be freed.' }, async () => {
				await folder.delete(key);
				return 'It was deleted again.';
			});
		}
		return await tracesOf(folder, root, key);
	} catch (error) {
		// What each step met is noted; this is about looking for traces.
		return [`Perhaps ${root}/${key}: ${toFirnError(error).message}`];
	} finally {
		await folder.close();
	}
}

async function tracesOf(folder: FolderDestination, root: string, key: string): Promise<string[]> {
	const traces = (await folder.head(key)) ? [`${root}/${key}, ${PROBE.length} bytes; delete it.`] : [];
	for await (const { id } of folder.uploads(key)) traces.push(`${root}/${PARTIAL_FOLDER}/${id}; delete it.`);
	await new PartialFiles(root).tidy();
	return traces;
}

function spaceNotes({ fileSystem, free }: Space, splitSize: number | undefined): string[] {
	const notes: string[] = [];
	if (fileSystem === 'tmpfs' || fileSystem === 'ramfs') {
		notes.push('It lies in memory: everything in it is gone when this machine restarts.');
	}
	if (fileSystem === 'vfat' && (splitSize ?? 0) >= 4 * 1024 ** 3) {
		notes.push('FAT holds no file of 4 GiB or more: choose a smaller --split-size.');
	}
	if (splitSize !== undefined && free < splitSize) {
		notes.push(`Less is free than one archive of this job may take (${formatSize(splitSize)}).`);
	}
	return notes;
}

/** A backup on the disk that it is to outlive. */
async function sameDisk(place: string, sources: string[]): Promise<string[]> {
	const device = async (path: string) => (await stat(fsPath(path)).catch(() => undefined))?.dev;
	const own = await device(place);
	for (const source of sources) {
		if (own === undefined || (await device(source)) !== own) continue;
		return [`It lies in the same file system as ${source}: when that disk dies, both are gone.`];
	}
	return [];
}
