/** Notes requests that were refused or failed: of what they asked for only the name and the job. */

import { toFirnError } from '../core/errors.ts';
import type { Method } from '../protocol/contract.ts';
import type { Log, LogFields } from './log.ts';

/** Wrong paths and words while somebody looks around are no news; these are meant to do something. */
const CHANGING = new Set<string>([
	'backup',
	'resume',
	'restore',
	'decrypt',
	'stop',
	'control',
	'saveJob',
	'removeJob',
] satisfies Method[]);

/** The same again within this time is not noted: clients ask the same every second. */
const AGAIN_MS = 60_000;
const MOST_KNOWN = 100;

export class Refused {
	readonly #log: Log;
	readonly #known = new Map<string, number>();

	constructor(log: Log) {
		this.#log = log;
	}

	/** @param params as they came; only a job's name is taken from them */
	note(method: string, params: unknown, thrown: unknown): void {
		const error = toFirnError(thrown);
		if (error.kind === 'usage' && !CHANGING.has(method)) return;
		if (this.#isKnown(`${method} ${error.code} ${error.message}`)) return;
		const { code, message, guidance, kind, details } = error.toPlain();
		const what = kind === 'usage' ? 'was refused' : 'failed';
		this.#log(kind === 'usage' ? 'warn' : 'error', `The request ${method} ${what}. ${message}`, {
			...jobOf(method, params),
			code,
			...(kind === 'usage' ? { effect: 'Nothing was begun or changed.' } : {}),
			...(guidance === undefined ? {} : { remedy: guidance }),
			...(details === undefined ? {} : { details }),
		});
	}

	#isKnown(text: string): boolean {
		const now = Date.now();
		const isKnown = now - (this.#known.get(text) ?? 0) < AGAIN_MS;
		if (!isKnown) {
			if (this.#known.size >= MOST_KNOWN) this.#known.clear();
			this.#known.set(text, now);
		}
		return isKnown;
	}
}

/** What is called `name` elsewhere is none of a job. */
const NAME_JOBS = new Set<string>(['saveJob', 'removeJob', 'exportJobs'] satisfies Method[]);

function jobOf(method: string, params: unknown): LogFields {
	if (typeof params !== 'object' || params === null) return {};
	const { job, name } = params as { job?: unknown; name?: unknown };
	const given = job ?? (NAME_JOBS.has(method) ? name : undefined);
	return typeof given === 'string' ? { job: given.slice(0, 200) } : {};
}
