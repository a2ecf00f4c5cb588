/** Looks at a folder that is to be written into, without making anything. */

import { accessSync, constants, readdirSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { errnoCode, type PlainError, usageError } from '../core/errors.ts';

export interface TargetLook {
	path: string;
	exists: boolean;
	/** Nothing can be in the way. */
	empty: boolean;
	/** Bytes free for this user on its file system; null where the system does not say. */
	freeBytes: number | null;
}

/** What a target is like, and why it cannot be one. */
export function lookAtTarget(path: string): { look: TargetLook; problems: PlainError[] } {
	const look: TargetLook = { path, exists: false, empty: true, freeBytes: null };
	const problems: PlainError[] = [];
	try {
		look.exists = statSync(path).isDirectory();
		if (!look.exists) problems.push(notFolder(path, path));
		else look.empty = readdirSync(path).length === 0;
	} catch (error) {
		const code = errnoCode(error);
		if (code === 'ENOTDIR') problems.push(notFolder(path, existing(path)));
		else if (code !== 'ENOENT') {
			look.empty = false;
			problems.push(refused(path, code));
		}
	}
	const place = look.exists ? path : existing(path);
	if (problems.length === 0) {
		try {
			accessSync(place, constants.W_OK | constants.X_OK);
		} catch (error) {
			problems.push(refused(place, errnoCode(error)));
		}
	}
	look.freeBytes = freeBytes(place);
	return { look, problems };
}

/** The nearest thing above that is there. */
function existing(path: string): string {
	for (let place = path; ; place = dirname(place)) {
		try {
			statSync(place);
			return place;
		} catch {
			if (place === dirname(place)) return place;
		}
	}
}

function freeBytes(place: string): number | null {
	try {
		const { bavail, bsize } = statfsSync(place);
		return bavail * bsize;
	} catch {
		return null;
	}
}

function notFolder(path: string, file: string): PlainError {
	const why = path === file ? 'is not a folder' : `lies below ${file}, which is not a folder`;
	return usageError('TARGET_NOT_FOLDER', `The target ${path} ${why}.`, 'Choose a folder.').toPlain();
}

function refused(place: string, code: string | undefined): PlainError {
	const why = code === 'EROFS' ? 'is read-only' : `cannot be written (${code})`;
	return usageError('TARGET_REFUSED', `The folder ${place} ${why}.`, 'Choose one that you can write to.').toPlain();
}
