/** Where secrets are kept, and the keys for S3 among them. */

import { z } from 'zod';

/** Where the secrets are, and why there. */
export interface SecretPlaceView {
	store: 'keychain' | 'vault' | 'file';
	/** A file, or the keychain, for people. */
	place: string;
	/** One clause. */
	why: string;
	/** A passphrase is needed before a secret can be had. */
	locked: boolean;
	/** A move was interrupted: copies may lie there too. */
	alsoIn: SecretPlaceView['store'] | null;
}

/** Held in memory only. */
const passphrase = z.strictObject({
	passphrase: z
		.string()
		.min(1)
		.max(64 * 1024),
	source: z.string(),
});

export const secretsRequests = {
	/** Opens the vault, or keeps the passphrase for the one that will be made. `source`: where it is from, for people. */
	unlock: passphrase,
	/** Answers when the vault is open. */
	openVault: z.strictObject({}),
	moveSecrets: z.strictObject({ to: z.enum(['keychain', 'vault', 'file']) }),
	changePassphrase: passphrase,
	/** Stored keys for S3, by name. */
	credentials: z.strictObject({}),
	setCredentials: z.strictObject({
		name: z.string(),
		accessKeyId: z.string().max(8192),
		secretAccessKey: z.string().max(8192),
		sessionToken: z.string().max(8192).optional(),
	}),
	removeCredentials: z.strictObject({ name: z.string() }),
} as const satisfies Record<keyof SecretsResults, z.ZodType>;

export interface SecretsResults {
	unlock: Record<string, never>;
	openVault: Record<string, never>;
	moveSecrets: { count: number; secrets: SecretPlaceView };
	changePassphrase: Record<string, never>;
	/** `stored`: false where a job names what is not there. */
	credentials: { credentials: { name: string; stored: boolean; jobs: string[] }[] };
	setCredentials: { name: string; place: string; jobs: string[] };
	removeCredentials: { name: string };
}
