/** Names of the objects in a destination. They say nothing about the content (design: archive format). */

export type Compression = 'none' | 'gzip' | 'zstd';

const ENDING: Record<Compression, string> = { none: '', gzip: '.gz', zstd: '.zst' };

export interface ArchiveNaming {
	jobId: string;
	runId: string;
	/** 1-based within the run. */
	sequence: number;
	compression: Compression;
	encrypted: boolean;
}

const padded = (sequence: number) => String(sequence).padStart(6, '0');

/** `k7m2qx9a4b/20261121T045653Z-x7k2m/000001.tar.zst.age`, relative to the destination's prefix. */
export function archiveKey(name: ArchiveNaming): string {
	const ending = `.tar${ENDING[name.compression]}${name.encrypted ? '.age' : ''}`;
	return `${name.jobId}/${name.runId}/${padded(name.sequence)}${ending}`;
}

/** `…/000001.idx.age`: the sidecar of the archive. */
export function sidecarKey(name: ArchiveNaming): string {
	return `${name.jobId}/${name.runId}/${padded(name.sequence)}.idx${name.encrypted ? '.age' : ''}`;
}

/** Key of the sidecar of the archive with this key. */
export function sidecarOf(archive: string): string {
	return archive.replace(/\.tar(?:\.gz|\.zst)?(\.age)?$/, '.idx$1');
}

/** `…/manifest.age`: what a finished run consists of. */
export function manifestKey(jobId: string, runId: string, encrypted: boolean): string {
	return `${jobId}/${runId}/manifest${encrypted ? '.age' : ''}`;
}

/** The plain text in the prefix that tells how to get everything back with stock tools. */
export const RECOVER_KEY = 'RECOVER.txt';

/** What compression and encryption a file name tells, or undefined when it is not an archive's name. */
export function parseArchiveName(name: string): { compression: Compression; encrypted: boolean } | undefined {
	const match = /\.tar(\.gz|\.zst)?(\.age)?$/.exec(name);
	if (!match) return undefined;
	const compression = match[1] === '.gz' ? 'gzip' : match[1] === '.zst' ? 'zstd' : 'none';
	return { compression, encrypted: match[2] !== undefined };
}

/** What an object is, by its key. */
export type ObjectName = { jobId: string; runId: string; encrypted: boolean } & (
	| { kind: 'archive'; sequence: number; compression: Compression }
	| { kind: 'sidecar'; sequence: number }
	/** `attempt`: the newest one, with the highest number, counts. */
	| { kind: 'manifest'; attempt: number }
);

const OBJECT =
	/^([a-z2-9]{10})\/(\d{8}T\d{6}Z-[a-z2-9]{5})\/(?:(\d{6,})(?:\.tar(\.gz|\.zst)?|\.idx)|manifest(?:-(\d{1,9}))?)(\.age)?$/;

/** Undefined for whatever is none of ours. */
export function parseObjectKey(key: string): ObjectName | undefined {
	const match = OBJECT.exec(key);
	if (!match) return undefined;
	const [, jobId, runId, sequence, ending, attempt, age] = match as unknown as string[];
	const base = { jobId: jobId!, runId: runId!, encrypted: age !== undefined };
	if (sequence === undefined) return { ...base, kind: 'manifest', attempt: Number(attempt ?? 1) };
	if (key.endsWith(`.idx${age ?? ''}`)) return { ...base, kind: 'sidecar', sequence: Number(sequence) };
	const compression = ending === '.gz' ? 'gzip' : ending === '.zst' ? 'zstd' : 'none';
	return { ...base, kind: 'archive', sequence: Number(sequence), compression };
}
