/** What a destination is called on the command line and in the config. */

import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type FirnError, usageError } from '../core/errors.ts';

export type ParsedDestination =
	| { kind: 'folder'; path: string }
	/** `prefix` without slashes at its ends; empty for the whole bucket. */
	| { kind: 's3'; bucket: string; prefix: string }
	/** Names of folders from the top of My Drive down, at least one. */
	| { kind: 'gdrive'; folders: string[] };

const REMEDY = 'Give s3://bucket/prefix, gdrive:folder/sub, or the path of a folder such as /mnt/disk/backup.';
const CONTROL = /[\u0000-\u001f\u007f]/;
/** Drive nests no deeper than 100 folders; keys need some of them. */
const DRIVE_DEPTH = 50;
const DRIVE_NAME = 255;

/**
 * `s3://bucket/prefix`, `gdrive:folder/sub`, `file:///mnt/disk`, or the path of a folder (made absolute) to its parts.
 * @throws FirnError usage BAD_DESTINATION
 */
export function parseDestination(text: string): ParsedDestination {
	if (text.trim() === '' || text.includes('\0')) throw bad(text, 'names no destination');
	if (/^s3:/i.test(text)) return parseS3(text);
	if (/^gdrive:/i.test(text)) return parseDrive(text);
	if (/^file:/i.test(text)) {
		try {
			return { kind: 'folder', path: fileURLToPath(text) };
		} catch {
			throw bad(text, 'is not the address of a folder on this machine');
		}
	}
	const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1];
	if (scheme) throw bad(text, `has the unknown scheme ${scheme}:`);
	// A shell leaves the tilde of `--to=~/backup` alone; a folder called "~" is never meant.
	if (text === '~' || text.startsWith('~/')) return { kind: 'folder', path: join(homedir(), text.slice(1)) };
	return { kind: 'folder', path: resolve(text) };
}

function parseS3(text: string): ParsedDestination {
	const match = /^s3:\/\/([^/]*)(?:\/(.*))?$/is.exec(text);
	const bucket = match?.[1] ?? '';
	const prefix = (match?.[2] ?? '').replace(/^\/+|\/+$/g, '');
	if (bucket.includes('@')) {
		// What stands before the @ is probably a secret: it must not be printed.
		throw usageError(
			'BAD_DESTINATION',
			'The destination holds credentials.',
			'Leave them out of it: put them in ~/.aws/credentials or in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
		);
	}
	if (!/^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/.test(bucket)) throw bad(text, 'has no valid bucket name');
	// Such segments are folded by proxies and clients on the way, and the object would lie elsewhere.
	if (prefix !== '' && prefix.split('/').some((segment) => segment === '' || segment === '.' || segment === '..')) {
		throw bad(text, 'has an empty, "." or ".." segment in its prefix');
	}
	if (CONTROL.test(prefix)) throw bad(text, 'has a control character in its prefix');
	return { kind: 's3', bucket, prefix };
}

function parseDrive(text: string): ParsedDestination {
	const path = text.slice('gdrive:'.length).replace(/^\/+|\/+$/g, '');
	if (path === '') throw bad(text, 'names no folder');
	const folders = path.split('/');
	if (folders.some((name) => name === '' || name === '.' || name === '..')) {
		throw bad(text, 'has an empty, "." or ".." segment');
	}
	if (CONTROL.test(path)) throw bad(text, 'has a control character in it');
	if (folders.length > DRIVE_DEPTH) throw bad(text, `has more than ${DRIVE_DEPTH} folders`);
	if (folders.some((name) => name.length > DRIVE_NAME)) throw bad(text, `has a name of over ${DRIVE_NAME} characters`);
	return { kind: 'gdrive', folders };
}

function bad(text: string, what: string): FirnError {
	return usageError('BAD_DESTINATION', `The destination "${text}" ${what}.`, REMEDY);
}
