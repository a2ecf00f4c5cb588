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

type Where = Pick<KeptSignIn, 'clientId' | 'email' | 'endpoint'>;

/** Whether two sign-ins see the same files: of the same account, by clients of the same project of Google's console. */
export function seesTheSame(a: Where, b: Where): boolean {
	const project = ({ clientId }: Where) => /^\d+(?=-)/.exec(clientId)?.[0] ?? clientId;
	return a.email === b.email && a.endpoint === b.endpoint && project(a) === project(b);
}

export const newSessionKey = (): string => randomBytes(32).toString('base64');

/** A new one in place of the one before: uploads that were begun with that can go on if it sees the same files. */
export function following(fresh: KeptSignIn, before: KeptSignIn | undefined): KeptSignIn {
	return before && seesTheSame(before, fresh) ? { ...fresh, sessionKey: before.sessionKey } : fresh;
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
