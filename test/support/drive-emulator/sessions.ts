/** Resumable uploads as Drive has them: 308 and Range tell what is persisted, and a session ends after a week. */

import { randomBytes } from 'node:crypto';

export interface Session {
	fileId: string;
	name: string;
	parents: string[];
	begun: number;
	bytes: Buffer;
}

export const WEEK_MS = 7 * 24 * 3_600_000;
const CHUNK = 256 * 1024;

/** What a PUT comes to: `done` when all bytes are there. */
export type Put = { status: 308; range?: string } | { status: 400 | 404 } | { status: 200; done: Session };

export class Sessions {
	readonly #open = new Map<string, Session>();
	readonly #now: () => number;

	constructor(now: () => number) {
		this.#now = now;
	}

	begin(session: Omit<Session, 'begun' | 'bytes'>): string {
		const id = randomBytes(12).toString('hex');
		this.#open.set(id, { ...session, begun: this.#now(), bytes: Buffer.alloc(0) });
		return id;
	}

	/** @param range the header Content-Range: `bytes 0-9/10`, `bytes 0-9/*` or, as a question, `bytes *\/10` */
	put(id: string, range: string, body: Buffer): Put {
		const session = this.#open.get(id);
		if (!session || this.#now() - session.begun >= WEEK_MS) return { status: 404 };
		const match = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+|\*)$/.exec(range);
		if (!match) return { status: 400 };
		const total = match[3] === '*' ? undefined : Number(match[3]);
		if (match[1] !== undefined) {
			const start = Number(match[1]);
			const isLast = Number(match[2]) + 1 === total;
			const fits = start === session.bytes.length && Number(match[2]) - start + 1 === body.length;
			if (!fits || (!isLast && body.length % CHUNK !== 0)) return { status: 400 };
			session.bytes = Buffer.concat([session.bytes, body]);
		}
		const has = session.bytes.length;
		if (has !== total) return { status: 308, ...(has === 0 ? {} : { range: `bytes=0-${has - 1}` }) };
		this.#open.delete(id);
		return { status: 200, done: session };
	}
}
