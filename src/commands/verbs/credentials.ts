/** What stores are opened with: keys for S3, sign-ins to Google Drive. */

import type { Verb } from '../verb.ts';

export function credentialVerbs(verb: Verb): void {
	const credentials = verb(
		'credentials',
		'keys for S3 that are kept with the other secrets: list, set, remove',
		async () => (await import('../credentials.ts')).listCredentials,
	);
	verb('list', 'list their names', async () => (await import('../credentials.ts')).listCredentials, credentials);
	verb(
		'set <name>',
		'store keys under a name; they are asked for, or read from stdin',
		async () => (await import('../credentials.ts')).setCredentials,
		credentials,
	);
	verb('remove <name>', 'forget keys', async () => (await import('../credentials.ts')).removeCredentials, credentials);
	const gdrive = verb(
		'gdrive',
		'Google Drive: sign in, see whose account it is, sign out',
		async () => (await import('../gdrive.ts')).gdriveStatus,
	);
	const signInName = ['--name <name>', 'which one, where there are several (default: gdrive)'] as const;
	verb(
		'sign-in',
		'with a short code to type in on any device: works over SSH',
		async () => (await import('../gdrive-sign-in.ts')).gdriveSignIn,
		gdrive,
	)
		.option('--name <name>', 'what to call it, for jobs with --credentials (default: gdrive)')
		.option('--browser', 'with a browser that leads back here, or whose last address is pasted here')
		.option('--client-file <file>', 'the client_secret_….json of your own OAuth client')
		.option('--client-id <id>', 'its id; the secret is asked for, or read from stdin')
		.option('--client-secret-file <file>', 'with --client-id: take the secret from this file')
		.option('--endpoint <url>', 'what stands in front of Google')
		.option('--no-qr', 'show no QR code');
	verb(
		'status',
		'whose account it is, and how much room there is',
		async () => (await import('../gdrive.ts')).gdriveStatus,
		gdrive,
	).option(...signInName);
	verb(
		'sign-out',
		'revoke a sign-in at Google and forget it',
		async () => (await import('../gdrive.ts')).gdriveSignOut,
		gdrive,
	).option(...signInName);
}
