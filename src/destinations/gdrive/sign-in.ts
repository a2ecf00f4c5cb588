/**
 * What a thread needs to speak for a Google account, in one environment variable, as AWS keys are handed on. A run that
 * waits for a new sign-in finds it there, so it is to be read anew before each access token that is asked for.
 */

import { z } from 'zod';
import { FirnError } from '../../core/errors.ts';
import { GDRIVE_SIGN_IN } from '../../core/gdrive-client.ts';

/** The environment variable; what it holds is a secret. */
export const GDRIVE_ENV = 'FIRN_GDRIVE';

/** The name of the sign-in that a destination goes by; undefined where it is not on Google Drive. */
export function signInOf({ url, credentials }: { url: string; credentials?: string | undefined }): string | undefined {
	return /^gdrive:/i.test(url) ? (credentials ?? GDRIVE_SIGN_IN) : undefined;
}

const signInSchema = z.strictObject({
	clientId: z.string().min(1),
	clientSecret: z.string().optional(),
	/** Google leaves it as it is when it gives an access token for it; another one in such an answer is ignored. */
	refreshToken: z.string().min(1),
	/** 32 bytes in base64, for the addresses of upload sessions. */
	sessionKey: z.string().refine((text) => Buffer.from(text, 'base64').length === 32),
	/** Where those are kept; 0700. */
	sessionsFolder: z.string().startsWith('/'),
});

export type GdriveSignIn = z.infer<typeof signInSchema>;

/** The sign-in that an environment holds. @throws FirnError (usage) NOT_SIGNED_IN; nothing of what is there is repeated */
export function parseSignIn(env: Readonly<Record<string, string | undefined>>): GdriveSignIn {
	try {
		return signInSchema.parse(JSON.parse(env[GDRIVE_ENV] ?? ''));
	} catch {
		throw new FirnError('NOT_SIGNED_IN', 'Nobody is signed in to Google Drive.', {
			guidance: 'firn gdrive sign-in does it.',
			kind: 'usage',
		});
	}
}

/** A sign-in as a thread's environment holds it. */
export function signInEnvironment(signIn: GdriveSignIn): Record<string, string> {
	return { [GDRIVE_ENV]: JSON.stringify(signIn) };
}
