/** Faults on demand: a test says which request is to go wrong, and how. */

import { type FaultRuleOf, FaultRules } from '../store-server/fault-rules.ts';

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

/** What a rule may name of a request beside its operation. */
interface FaultTarget {
	key: string;
	partNumber: number | undefined;
}

export type FaultRule = FaultRuleOf<Fault, FaultTarget>;

export class Faults extends FaultRules<Fault, FaultTarget> {}
