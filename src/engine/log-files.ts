/** The files of the log as one row of lines: `engine.log`, and those that were rotated away before it. */

import { closeSync, fstatSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { errnoCode } from '../core/errors.ts';
import { linesAfter } from './log-lines.ts';

export interface LogFile {
	fd: number;
	size: number;
	/** Of its first line, which stays when the file is renamed; undefined while there is none. */
	id: string | undefined;
}

/**
 * Opens the files that there are, newest first; `closeLogFiles` closes them. Read from their descriptors they stay the
 * same while the engine rotates.
 * @throws the system's error when they cannot be read
 */
export function openLogFiles(folder: string): LogFile[] {
	const files: LogFile[] = [];
	const inodes = new Set<bigint>();
	try {
		// In this order none is missed while they are renamed; one may come twice.
		for (const name of namesIn(folder)) {
			const fd = openIfThere(join(folder, name));
			if (fd === undefined) continue;
			const { ino, size } = fstatSync(fd, { bigint: true });
			if (inodes.has(ino)) {
				closeSync(fd);
				continue;
			}
			inodes.add(ino);
			const file = { fd, size: Number(size), id: undefined };
			files.push(file);
			Object.assign(file, { id: idOf(file) });
		}
		return files;
	} catch (error) {
		closeLogFiles(files);
		throw error;
	}
}

export function closeLogFiles(files: LogFile[]): void {
	for (const { fd } of files) closeSync(fd);
}

function namesIn(folder: string): string[] {
	const number = (name: string) => Number(name.slice('engine.log.'.length) || 0);
	try {
		return readdirSync(folder)
			.filter((name) => /^engine\.log(\.\d+)?$/.test(name))
			.sort((a, b) => number(a) - number(b));
	} catch (error) {
		if (errnoCode(error) === 'ENOENT') return [];
		throw error;
	}
}

function openIfThere(file: string): number | undefined {
	try {
		return openSync(file, 'r');
	} catch (error) {
		if (errnoCode(error) === 'ENOENT') return undefined;
		throw error;
	}
}

function idOf({ fd, size }: LogFile): string | undefined {
	for (const { text, end } of linesAfter(fd, 0, size)) {
		if (text !== '') return `${crc32(text ?? '').toString(16)}-${end.toString(16)}`;
	}
	return undefined;
}
