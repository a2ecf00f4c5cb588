/** A sign-in as it lies in the keychain or vault. Access tokens are never kept. */

import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { FirnError, usageError } from '../../core/errors.ts';
import type { GdriveClient } from '../../core/gdrive-client.ts';
import { safePrint } from '../../core/safe-print.ts';
import type { Secrets } from '../../secrets/secrets.ts';
import { signInName } from '../../secrets/store.ts';

const keptSchema = z.strictObject({
	clientId: z.string(),
	clientSecret: z.string().optional(),
	refreshToken: z.string(),
	/** See destinations/gdrive/sign-in.ts. */
	sessionKey: z.string(),
	/** Whose it is. */
	email: z.string(),
	/** Where it holds; Google's own hosts without one. */
	endpoint: z.string().optional(),
});

export type KeptSignIn = z.infer<typeof keptSchema>;

/** @throws FirnError (usage) CREDENTIALS_DAMAGED; VAULT_LOCKED and others of the place */
export async function readSignIn(secrets: Secrets, name: string): Promise<KeptSignIn | undefined> {
	const text = await secrets.secret(signInName(name));
	if (text === undefined) return undefined;
	try {
		return keptSchema.parse(JSON.parse(text));
	} catch {
		throw new FirnError('CREDENTIALS_DAMAGED', `The stored sign-in ${name} is damaged.`, {
			guidance: `firn gdrive sign-out --name ${name} forgets it.`,
			kind: 'usage',
		});
	}
}

/** The client of a sign-in. */
export function clientOf({ clientId, clientSecret }: KeptSignIn): GdriveClient {
	return { id: clientId, ...(clientSecret === undefined ? {} : { secret: clientSecret }) };
}

/** Whether two sign-ins see the same files: of the same account, by clients of the same project of Google's console. */
export function seesTheSame(a: Omit<KeptSignIn, 'sessionKey'>, b: Omit<KeptSignIn, 'sessionKey'>): boolean {
	const project = ({ clientId }: { clientId: string }) => /^\d+(?=-)/.exec(clientId)?.[0] ?? clientId;
	return a.email === b.email && a.endpoint === b.endpoint && project(a) === project(b);
}

/** A new one. Uploads that were begun by one before it, of the same account, can go on. */
export function newSignIn(fresh: Omit<KeptSignIn, 'sessionKey'>, before: KeptSignIn | undefined): KeptSignIn {
	const isSame = before !== undefined && seesTheSame(before, fresh);
	return { ...fresh, sessionKey: isSame ? before.sessionKey : randomBytes(32).toString('base64') };
}

/** When a destination goes by a sign-in that there is not. */
export function notSignedIn(name: string): FirnError {
	const option = name === 'gdrive' ? '' : ` --name ${safePrint(name)}`;
	return usageError(
		'NOT_SIGNED_IN',
		`Nobody is signed in to Google Drive${name === 'gdrive' ? '' : ` as ${safePrint(name)}`}.`,
		`firn gdrive sign-in${option} does it.`,
	);
}
