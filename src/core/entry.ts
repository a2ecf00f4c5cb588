/** One file system object as it is scanned, archived, listed and restored. */

export const ENTRY_TYPES = ['file', 'dir', 'symlink', 'hardlink', 'fifo', 'char', 'block'] as const;
export type EntryType = (typeof ENTRY_TYPES)[number];

export interface Entry {
	/** As in the archive: no leading or trailing slash, `home/u/notes.txt`; odd bytes as in path-bytes.ts. */
	path: string;
	type: EntryType;
	/** Permission bits with setuid, setgid and sticky: `st_mode & 0o7777`. */
	mode: number;
	uid: number;
	gid: number;
	/** Names of owner and group, '' where the system knows none. */
	uname: string;
	gname: string;
	/** Content length in bytes; 0 for all but regular files. */
	size: number;
	/** Nanoseconds since 1970; may be negative. */
	mtimeNs: bigint;
	/** Target of a symlink as it is written there, or the archive path of the first name of a hard link; else ''. */
	link: string;
	/** Device numbers of `char` and `block`; else 0. */
	devMajor: number;
	devMinor: number;
}

/** What the books and the sidecars say of an entry: as it was when it was stored, and where it lies in its archive. */
export interface StoredEntry extends Pick<Entry, 'type' | 'mode' | 'uid' | 'gid' | 'size' | 'mtimeNs' | 'link'> {
	ctimeNs: bigint;
	ino: bigint;
	/** Of regular files. */
	sha256: Uint8Array | undefined;
	/** Bytes in the TAR stream of the archive, the headers included. */
	offset: number;
	length: number;
}
