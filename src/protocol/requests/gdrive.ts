/** Sign-ins to Google Drive. */

import { z } from 'zod';
import type { PlainError } from '../../core/errors.ts';

/** A sign-in to Google Drive, from its begin on until some minutes after its end. */
export interface GdriveSignInView {
	id: string;
	name: string;
	how: 'device' | 'browser';
	state: 'waiting' | 'done' | 'failed' | 'cancelled';
	/** What a person opens, and types in there if there is a code. */
	url: string;
	code?: string;
	/** ms since 1970: until then it can be approved. */
	expires: number;
	/** When it is done: whose it is, where it is kept, and which jobs go by it. */
	account?: GdriveAccountView;
	place?: string;
	jobs?: string[];
	/** Why it failed. */
	error?: PlainError;
}

export interface GdriveAccountView {
	email: string;
	/** Bytes of everything in the account. */
	used: number;
	/** Bytes that there can be; absent where there is no limit. */
	limit?: number;
}

export const gdriveRequests = {
	/** Stored sign-ins to Google Drive, by name. */
	gdriveSignIns: z.strictObject({}),
	/** Begins one: with a code to type in on any device, or with a browser that is led back to a port of this machine. */
	beginGdriveSignIn: z.strictObject({
		name: z.string().default('gdrive'),
		how: z.enum(['device', 'browser']).default('device'),
		/** Absent: that of the sign-in before, or the one that Firn was built with. */
		client: z.strictObject({ id: z.string().max(512), secret: z.string().max(512).optional() }).optional(),
		/** In place of Google's own hosts. Absent: that of the sign-in before. */
		endpoint: z.string().max(2048).optional(),
	}),
	/** How far one is; asked every second or so. */
	gdriveSignIn: z.strictObject({ id: z.string() }),
	/** Of one with a browser elsewhere: the address that it has ended on, or the code in it. */
	answerGdriveSignIn: z.strictObject({ id: z.string(), text: z.string().max(16 * 1024) }),
	cancelGdriveSignIn: z.strictObject({ id: z.string() }),
	/** Revokes a stored sign-in at Google and forgets it. */
	gdriveSignOut: z.strictObject({ name: z.string().default('gdrive') }),
	/** Asks Google whose a stored sign-in is, and how much room there is. */
	gdriveAccount: z.strictObject({ name: z.string().default('gdrive') }),
} as const satisfies Record<keyof GdriveResults, z.ZodType>;

export interface GdriveResults {
	/** `stored`: false where a job goes by one that is not there. */
	gdriveSignIns: { signIns: { name: string; stored: boolean; jobs: string[] }[] };
	beginGdriveSignIn: GdriveSignInView;
	gdriveSignIn: GdriveSignInView;
	answerGdriveSignIn: GdriveSignInView;
	cancelGdriveSignIn: GdriveSignInView;
	/** `jobs`: those that need a new sign-in now. `problem`: why Google has not revoked it; forgotten it is. */
	gdriveSignOut: { name: string; email?: string; jobs: string[]; revoked: boolean; problem?: PlainError };
	gdriveAccount: { name: string; place: string; jobs: string[] } & GdriveAccountView;
}
