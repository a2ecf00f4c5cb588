/** Faults on demand: a test says which request is to go wrong, and how. */

export type Fault =
	/** Refused with this error; nothing is applied unless `applied`. */
	| {
			kind: 'error';
			status: number;
			code: string;
			message?: string;
			headers?: Record<string, string>;
			applied?: boolean;
	  }
	/** The connection is reset: at once, after some bytes of the body, or when all was done but not answered. */
	| { kind: 'cut'; when: 'before' | 'after' }
	| { kind: 'cut-request'; afterBytes: number }
	/** The answer's body ends too early. */
	| { kind: 'cut-answer'; afterBytes: number }
	/** No answer ever, before or after it was done. */
	| { kind: 'hang'; when: 'before' | 'after' }
	| { kind: 'delay'; ms: number }
	/** 200, and an error in the body, as CompleteMultipartUpload may answer; done or not. */
	| { kind: 'error-in-200'; code: string; applied: boolean }
	| { kind: 'empty-200'; applied: boolean }
	/** 200 and a web page, as a login page of a hotel answers to everything. */
	| { kind: 'web-page' }
	/** One bit is flipped on the way, before the store looks at checksums. */
	| { kind: 'damage-received' }
	/** One bit is flipped on the store's disk, after it looked. */
	| { kind: 'damage-stored' };

export interface FaultRule {
	/** Operation names such as `UploadPart`; any when left out. */
	operation?: string | readonly string[];
	key?: string;
	partNumber?: number;
	/** Passes over this many matching requests first. */
	skip?: number;
	/** Hits this many; default 1. */
	times?: number;
	fault: Fault;
}

export interface FaultTarget {
	operation: string;
	key: string;
	partNumber: number | undefined;
}

export class Faults {
	#rules: (FaultRule & { skip: number; times: number })[] = [];

	/** Adds a rule; earlier rules go first. Gives how often it still waits to hit. */
	add(rule: FaultRule): () => number {
		const active = { ...rule, skip: rule.skip ?? 0, times: rule.times ?? 1 };
		this.#rules.push(active);
		return () => active.times;
	}

	clear(): void {
		this.#rules = [];
	}

	/** The fault for this request, used up by asking. */
	take(target: FaultTarget): Fault | undefined {
		for (const rule of this.#rules) {
			if (rule.times <= 0 || !matches(rule, target)) continue;
			if (rule.skip > 0) {
				rule.skip -= 1;
				continue;
			}
			rule.times -= 1;
			return rule.fault;
		}
		return undefined;
	}
}

function matches(rule: FaultRule, target: FaultTarget): boolean {
	const names = rule.operation === undefined ? undefined : [rule.operation].flat();
	return (
		(names === undefined || names.includes(target.operation)) &&
		(rule.key === undefined || rule.key === target.key) &&
		(rule.partNumber === undefined || rule.partNumber === target.partNumber)
	);
}
