/** What a problem of one file means for the backup or restore, and what can be done, by its code. */

import type { FileProblem, TaskKind } from '../core/task.ts';

/** What is missing now because of it. */
export function effectOf(kind: TaskKind, { code, message }: FileProblem): string {
	if (kind === 'restore') return 'It was not restored.';
	if (kind === 'decrypt') return 'It was not unpacked.';
	if (isAboutPatterns(message)) return 'Nothing is left out because of it: more may be backed up than you want.';
	if (kind === 'recover') return 'What it describes is not in the state database.';
	if (code === 'LINK_TARGET') return 'It is not in this snapshot under this name.';
	const what = /folder|source/i.test(message) ? 'It and all below it are' : 'It is';
	return `${what} not in this snapshot. What an earlier snapshot has of it stays stored.`;
}

/** An unreadable .firnignore leaves nothing out: no file is missing because of it. */
export function isAboutPatterns(message: string): boolean {
	return /\bpatterns\b/.test(message);
}

/** A sentence or two, or undefined where the message says it all. */
export function remedyOf(kind: TaskKind, { code }: FileProblem): string | undefined {
	return (kind === 'backup' ? READING : WRITING)[code];
}

const MOUNT = 'Mount the file system again, then start it again.';
const ACCESS =
	'Let the account that Firn runs under read it, run Firn as root, or leave it out with an exclude pattern.';

const READING: Record<string, string> = {
	EACCES: ACCESS,
	EPERM: ACCESS,
	EIO: 'The disk could not read it: check the disk. An earlier snapshot may have the file whole.',
	ENOENT: 'It was moved, renamed or deleted. If it is a source, mend the path in the job or mount its disk.',
	CHANGED_WHILE_READ: 'Back it up while nobody writes it, or back up a copy or dump of it.',
	LINK_TARGET: 'The next run packs it whole.',
	ELOOP: 'Look where its symbolic links lead, or leave it out with an exclude pattern.',
	ENAMETOOLONG: 'Shorten the path, or leave it out with an exclude pattern.',
	ESTALE: MOUNT,
	ENOTCONN: MOUNT,
	EHOSTDOWN: MOUNT,
	ETIMEDOUT: MOUNT,
	EMFILE: 'Too many files are open: raise the limit (ulimit -n) and start it again.',
	ENFILE: 'The whole system has too many files open: close other programs and start it again.',
};

const DAMAGE = 'Restore another snapshot of it, or try another copy of the archive.';

const WRITING: Record<string, string> = {
	EACCES: 'Restore into a folder that you may write, or as root.',
	EPERM: 'Restore into a folder that you may write, or as root.',
	NEEDS_ROOT: 'Restore as root to get devices back.',
	ENAMETOOLONG: 'Restore to a file system that takes longer names.',
	EILSEQ: 'Restore to a file system that takes such names, such as ext4.',
	EFBIG: 'Restore to a file system that takes bigger files than FAT does.',
	EISDIR: 'Move the folder away, or restore to an empty folder.',
	EXISTS: 'Restore with --existing overwrite, or to an empty folder.',
	WRONG_IDENTITY: 'Give the identity file of the machine that wrote the archive (--identity).',
	HASH_MISMATCH: DAMAGE,
	STORE_MISMATCH: DAMAGE,
	DAMAGED: DAMAGE,
	TRUNCATED: 'The archive is cut off: fetch it again, or restore another snapshot.',
	NOT_FOUND: 'The archive is not in the store any more: restore another snapshot.',
	ARCHIVE_GONE: 'The archive is not in the store any more: restore another snapshot.',
	ARCHIVED: 'The archive has to be thawed before it can be read.',
	NO_THAW: 'Move the archive into a class that can be read at once, with what the store has for that.',
	THAW_REFUSED: 'Restore with another tier: DEEP_ARCHIVE has no expedited one.',
	EXPEDITED_UNAVAILABLE: 'Restore with the tier "standard", which always has capacity.',
};
