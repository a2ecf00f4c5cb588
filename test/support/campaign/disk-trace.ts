/** Reads what strace has seen of a process, and knows what of it would have survived a power cut at the end. */

export interface Write {
	offset: number;
	length: number;
	durable: boolean;
}

export type FolderChange =
	| { kind: 'create' | 'mkdir' | 'unlink' | 'rmdir'; path: string }
	| { kind: 'link' | 'rename'; from: string; path: string };

interface Recorded {
	change: FolderChange;
	/** Whose names it changes; with the sync of this folder it is durable. */
	folder: string;
	durable: boolean;
}

/** What strace is to be started with; the trace goes to `file`. */
export function straceCommand(file: string): string[] {
	const calls =
		'pwrite64,write,pwritev,fsync,fdatasync,rename,renameat,renameat2,link,linkat,unlink,unlinkat,mkdir,mkdirat,rmdir,openat';
	return [
		'strace',
		'-f',
		'-y',
		'-qq',
		'-s',
		'0',
		'--seccomp-bpf',
		'-e',
		'signal=none',
		'-e',
		`trace=${calls}`,
		'-o',
		file,
	];
}

/** Files are told apart by a number that survives renaming, as inodes are. */
export class DiskTrace {
	readonly #roots: readonly string[];
	readonly #ids = new Map<string, number>();
	readonly #writes = new Map<number, Write[]>();
	readonly #appended = new Map<number, number>();
	readonly #changes: Recorded[] = [];
	#nextId = 1;

	/**
	 * @param roots folders that matter
	 * @param existing paths in them before the process began; all of it is taken for durable
	 */
	constructor(roots: readonly string[], existing: Iterable<string>, trace: string) {
		this.#roots = roots;
		for (const path of existing) this.#ids.set(path, this.#nextId++);
		this.#read(trace);
	}

	/** Changes of names that no sync has made durable, oldest first. */
	looseChanges(): FolderChange[] {
		return this.#changes.filter(({ durable }) => !durable).map(({ change }) => change);
	}

	/** Paths with what was written to their files. */
	*written(): Generator<{ path: string; writes: Write[] }> {
		for (const [path, id] of this.#ids) {
			const writes = this.#writes.get(id);
			if (writes) yield { path, writes };
		}
	}

	#read(trace: string): void {
		const begun = new Map<string, { text: string; finish: () => void }>();
		for (const line of trace.split('\n')) {
			const space = line.indexOf(' ');
			const pid = line.slice(0, space);
			const rest = line.slice(space).trimStart();
			if (rest.endsWith('<unfinished ...>')) {
				const text = rest.slice(0, -'<unfinished ...>'.length);
				begun.set(pid, { text, finish: this.#sync(text) });
				continue;
			}
			const resumed = /^<\.\.\. \w+ resumed>/.exec(rest);
			const before = resumed ? begun.get(pid) : undefined;
			if (resumed && !before) continue;
			if (resumed) begun.delete(pid);
			const text = before ? before.text + rest.slice(resumed![0].length) : rest;
			// A sync covers what was done when it began, and counts once it has ended.
			const finish = before?.finish ?? this.#sync(text);
			// `= ?`: it died in it.
			if (!/\)\s+= \d/.test(text)) continue;
			finish();
			this.#done(text);
		}
	}

	/** What a sync will make durable. */
	#sync(text: string): () => void {
		const path = /^f(?:data)?sync\(\d+<([^>]*)>/.exec(text)?.[1];
		if (path === undefined) return () => {};
		const changes = this.#changes.filter(({ folder }) => folder === path);
		const writes = [...(this.#writes.get(this.#ids.get(path) ?? 0) ?? [])];
		return () => {
			for (const each of [...changes, ...writes]) each.durable = true;
		};
	}

	#done(text: string): void {
		const paths = [...text.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((match) => match[1]!);
		const [first = '', second = ''] = paths;
		const call = text.slice(0, text.indexOf('('));
		const written = /^p?write(?:64|v)?\(\d+<([^>]*)>.*?(?:, (\d+))?\)\s+= (\d+)/.exec(text);
		if (written) this.#wrote(written[1]!, call === 'write' ? undefined : Number(written[2]), Number(written[3]));
		if (!this.#matters(first) && !this.#matters(second)) return;
		if (call === 'openat' && text.includes('O_CREAT') && !this.#ids.has(first)) {
			this.#ids.set(first, this.#nextId++);
			this.#note({ kind: 'create', path: first });
		} else if (call.startsWith('mkdir')) this.#note({ kind: 'mkdir', path: first });
		else if (call === 'rmdir') this.#note({ kind: 'rmdir', path: first });
		else if (call.startsWith('unlink')) {
			this.#ids.delete(first);
			this.#note({ kind: 'unlink', path: first });
		} else if (call.startsWith('link') && this.#matters(second)) {
			this.#ids.set(second, this.#ids.get(first) ?? this.#nextId++);
			this.#note({ kind: 'link', from: first, path: second });
		} else if (call.startsWith('rename')) {
			this.#ids.set(second, this.#ids.get(first) ?? this.#nextId++);
			this.#ids.delete(first);
			this.#note({ kind: 'rename', from: first, path: second });
		}
	}

	#wrote(path: string, offset: number | undefined, length: number): void {
		const id = this.#ids.get(path);
		if (id === undefined || !this.#matters(path)) return;
		const at = offset ?? this.#appended.get(id) ?? 0;
		this.#appended.set(id, at + length);
		const writes = this.#writes.get(id) ?? [];
		writes.push({ offset: at, length, durable: false });
		this.#writes.set(id, writes);
	}

	#note(change: FolderChange): void {
		const folder = change.path.slice(0, change.path.lastIndexOf('/'));
		this.#changes.push({ change, folder, durable: false });
	}

	#matters(path: string): boolean {
		// The index of the WAL is memory that happens to have a file.
		return this.#roots.some((root) => path === root || path.startsWith(`${root}/`)) && !path.endsWith('-shm');
	}
}
