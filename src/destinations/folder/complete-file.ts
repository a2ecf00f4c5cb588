import { rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FirnError } from '../../core/errors.ts';
import type { PartReceipt, StoredObject, UploadRef } from '../destination.ts';
import { alreadyExists, storeMismatch } from '../refusals.ts';
import { moveIntoPlace, syncFolder } from './durable.ts';
import type { PartialFiles } from './partial-files.ts';
import { describe } from './walk.ts';
import { pathOf } from './write-object.ts';

/**
 * Makes a finished partial file visible under its key, durably.
 * @throws FirnError ALREADY_EXISTS, NO_SUCH_UPLOAD, STORE_MISMATCH, or the system's error
 */
export async function completeFile(
	root: string,
	partials: PartialFiles,
	upload: UploadRef,
	parts: PartReceipt[],
	options: { size: number; partSize: number; overwrite?: boolean },
): Promise<StoredObject> {
	const { key, id } = upload;
	try {
		await checkParts(root, partials, upload, parts, options);
	} catch (error) {
		// Perhaps it was completed before, and the answer was lost.
		if (!(error instanceof FirnError) || error.code !== 'NO_SUCH_UPLOAD') throw error;
		const there = await describe(root, key);
		if (there?.size === options.size) return there;
		throw there && !options.overwrite ? alreadyExists(key, root) : error;
	}
	await partials.drop(id);
	const path = await pathOf(root, key);
	if (options.overwrite) {
		await rename(partials.path(id), path);
		await syncFolder(dirname(path));
	} else if (!(await moveIntoPlace(partials.path(id), path))) throw alreadyExists(key, root);
	const there = await describe(root, key);
	if (there?.size !== options.size) throw sizeMismatch(key, root, there?.size, options.size);
	return there;
}

/** The parts must cover the file without a gap, and all of it must be durable. */
async function checkParts(
	root: string,
	partials: PartialFiles,
	upload: UploadRef,
	parts: PartReceipt[],
	options: { size: number; partSize: number },
): Promise<void> {
	const handle = await partials.handle(upload.id);
	let covered = 0;
	for (const [index, part] of parts.toSorted((a, b) => a.number - b.number).entries()) {
		const whole = index === parts.length - 1 || part.size === options.partSize;
		if (part.number !== index + 1 || !whole) {
			throw storeMismatch(upload.key, root, `a gap at part ${index + 1}`);
		}
		covered += part.size;
	}
	if (covered !== options.size) throw sizeMismatch(upload.key, root, covered, options.size);
	const { size } = await handle.stat();
	if (size < options.size) throw sizeMismatch(upload.key, root, size, options.size);
	if (size > options.size) await handle.truncate(options.size);
	await handle.sync();
}

function sizeMismatch(key: string, root: string, found: number | undefined, wanted: number): FirnError {
	return storeMismatch(key, root, `${found ?? 'no'} bytes instead of ${wanted}`);
}
