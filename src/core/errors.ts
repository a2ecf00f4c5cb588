/**
 * The one error class of Firn. Everything that a person can meet is a FirnError: a stable code, one full sentence
 * with the offending value, what to do about it, and whether trying again helps.
 */

/** `no`: never helps. `now`: a passing fault, the caller backs off and repeats. `later`: after somebody mended it. */
export type Retry = 'no' | 'now' | 'later';

/** `usage` ends a command with exit code 2 (the request or configuration is wrong), `failure` with 1. */
export type ErrorKind = 'usage' | 'failure';

export interface FirnErrorOptions {
	/** What the person can do, one sentence. */
	guidance?: string;
	retry?: Retry;
	/** What refused it wants to be left alone for so long. */
	afterMs?: number;
	/** When it works again, for those who wait for it: `after a new sign-in`. */
	goesOn?: string;
	kind?: ErrorKind;
	cause?: unknown;
}

/** The error as it crosses the socket, a worker boundary or `--json`. */
export interface PlainError {
	code: string;
	message: string;
	guidance?: string;
	retry: Retry;
	kind: ErrorKind;
	/** Of a fault in Firn, where it happened: for the log. */
	details?: string;
}

export class FirnError extends Error {
	override readonly name = 'FirnError';
	readonly code: string;
	readonly guidance: string | undefined;
	readonly retry: Retry;
	readonly afterMs: number;
	readonly goesOn: string | undefined;
	readonly kind: ErrorKind;

	/**
	 * @param code upper-case and stable, such as `DEST_FULL`
	 * @param message a full sentence that holds the offending value
	 */
	constructor(code: string, message: string, options: FirnErrorOptions = {}) {
		super(message, options.cause === undefined ? undefined : { cause: options.cause });
		this.code = code;
		this.guidance = options.guidance;
		this.retry = options.retry ?? 'no';
		this.afterMs = options.afterMs ?? 0;
		this.goesOn = options.goesOn;
		this.kind = options.kind ?? 'failure';
	}

	toPlain(): PlainError {
		return {
			code: this.code,
			message: this.message,
			...(this.guidance === undefined ? {} : { guidance: this.guidance }),
			retry: this.retry,
			kind: this.kind,
			...(this.code === 'INTERNAL' && this.cause instanceof Error ? { details: String(this.cause.stack) } : {}),
		};
	}

	static fromPlain(plain: PlainError): FirnError {
		return new FirnError(plain.code, plain.message, {
			retry: plain.retry,
			kind: plain.kind,
			...(plain.guidance === undefined ? {} : { guidance: plain.guidance }),
			...(plain.details === undefined ? {} : { cause: withStack(plain.message, plain.details) }),
		});
	}
}

function withStack(message: string, stack: string): Error {
	return Object.assign(new Error(message), { stack });
}

/** A wrong request or configuration: exit code 2, nothing was changed. */
export function usageError(code: string, message: string, guidance?: string): FirnError {
	return new FirnError(code, message, { kind: 'usage', ...(guidance === undefined ? {} : { guidance }) });
}

/** Wraps what is not a FirnError yet; used at the seams between layers so that no stack trace reaches a person. */
export function toFirnError(error: unknown, code = 'INTERNAL'): FirnError {
	if (error instanceof FirnError) return error;
	const message = error instanceof Error ? error.message : String(error);
	return new FirnError(code, message, {
		cause: error,
		...(code === 'INTERNAL' ? { guidance: 'This is a fault in Firn: the engine log has the details.' } : {}),
	});
}

/** The errno name (`ENOENT`) of a system error, or undefined. */
export function errnoCode(error: unknown): string | undefined {
	return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
