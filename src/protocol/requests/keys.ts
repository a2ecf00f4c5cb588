/** The keys of backups, and their sheets. */

import { z } from 'zod';
import type { PlainError } from '../../core/errors.ts';
import type { KeyCheck } from '../../core/restore-answers.ts';
import { env, identityText } from './parts.ts';
import type { SecretPlaceView } from './secrets.ts';

/** A recipient with its identity, which is kept here (`held`) or elsewhere. */
export interface KeyView {
	recipient: string;
	name: string | null;
	/** When it was made or taken in here, ISO 8601. */
	since: string | null;
	origin: 'made' | 'imported' | null;
	/** When its recovery sheet was confirmed to be stored. */
	sheetStored: string | null;
	held: boolean;
	/** Jobs that name no recipient are made for it. */
	isDefault: boolean;
	/** Jobs that write to it. */
	jobs: string[];
	needed: KeyNeed[];
}

/** The archives of a job that an identity opens. */
export interface KeyNeed {
	job: string;
	archives: number;
	/** Of these, the ones that no other identity kept here opens. */
	alone: number;
	/** Numbers of the runs that wrote them. */
	firstRun: number;
	lastRun: number;
}

export const keysRequests = {
	keys: z.strictObject({}),
	newKey: z.strictObject({ name: z.string().optional() }),
	/** `key`, here and below: a recipient, the beginning of one, or a name. */
	showKey: z.strictObject({ key: z.string(), reveal: z.boolean().default(false) }),
	/** Without a key all that are kept here. */
	exportKeys: z.strictObject({ key: z.string().optional() }),
	/** Identities as age-keygen writes them. */
	importKeys: z.strictObject({ content: z.string().max(1024 * 1024), name: z.string().optional() }),
	/** Whether identities, those given or else those of this machine, open what each job (or one) stored last. */
	checkKeys: z.strictObject({
		job: z.string().optional(),
		identityFiles: z.array(z.string()).default([]),
		identityText,
		env,
	}),
	/** The page to print, of one key or of all kept here; `stored`: it lies somewhere safe, nothing is shown. */
	recoverySheet: z.strictObject({ key: z.string().optional(), stored: z.boolean().default(false) }),
	/** Of which keys a sheet should be stored, at most once a day. */
	sheetReminder: z.strictObject({}),
	/** `losing`: how many archives nothing on this machine will open any more. */
	removeKey: z.strictObject({ key: z.string(), losing: z.number().int().optional() }),
} as const satisfies Record<keyof KeysResults, z.ZodType>;

export interface KeysResults {
	/** `problems`: state databases whose archives are not counted. */
	keys: { secrets: SecretPlaceView; keys: KeyView[]; problems: PlainError[] };
	newKey: { key: KeyView };
	showKey: { key: KeyView; identity?: string };
	exportKeys: { content: string; recipients: string[] };
	/** `known`: recipients of those that were here already. */
	importKeys: { added: KeyView[]; known: string[] };
	checkKeys: { checks: KeyCheck[] };
	/** `identities`: what the QR codes of the page hold. */
	recoverySheet: { keys: KeyView[]; text: string; identities: string[] };
	sheetReminder: { recipients: string[] };
	removeKey: { key: KeyView };
}
