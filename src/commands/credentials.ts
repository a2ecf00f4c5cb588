/** `firn credentials …`: keys for S3 that are kept with the other secrets. */

import { usageError } from '../core/errors.ts';
import { EXIT } from '../core/exit-codes.ts';
import { safePrint } from '../core/safe-print.ts';
import type { Context } from './context.ts';
import { readSecretText } from './secret-input.ts';

/** `firn credentials list`. */
export async function listCredentials(context: Context): Promise<number> {
	const { out } = context;
	const { credentials } = await context.ask((engine) => engine.call('credentials', {}));
	for (const one of credentials) out.record(one);
	if (credentials.length === 0)
		out.line('None are stored: jobs use those of the AWS tools. firn credentials set NAME stores some.');
	else {
		const rows = credentials.map(({ name, stored, jobs }) => [
			name,
			stored ? 'yes' : 'missing',
			jobs.join(', ') || '-',
		]);
		out.table(['name', 'stored', 'jobs'], rows);
	}
	return EXIT.ok;
}

/** `firn credentials set NAME`: asks on a terminal, else reads them from stdin. */
export async function setCredentials(context: Context, [name]: string[]): Promise<number> {
	const { out } = context;
	const keys = process.stdin.isTTY ? await askKeys() : parseKeys(await readSecretText('', () => true));
	const kept = await context.ask((engine) => engine.call('setCredentials', { name: name!, ...keys }));
	out.record(kept);
	out.line(`The credentials ${kept.name} are kept in ${safePrint(kept.place)}.`);
	if (kept.jobs.length > 0) out.line(`${kept.jobs.join(', ')} use them from now on.`);
	else out.line(`A job uses them with --credentials ${kept.name}.`);
	return EXIT.ok;
}

/** `firn credentials remove NAME`. */
export async function removeCredentials(context: Context, [name]: string[]): Promise<number> {
	const removed = await context.ask((engine) => engine.call('removeCredentials', { name: name! }));
	context.out.record(removed);
	context.out.line(`The credentials ${removed.name} are forgotten.`);
	return EXIT.ok;
}

interface Keys {
	accessKeyId: string;
	secretAccessKey: string;
	sessionToken?: string;
}

async function askKeys(): Promise<Keys> {
	const line = async (question: string) => (await readSecretText(question, (text) => text.endsWith('\n'))).trim();
	const accessKeyId = await line('Access key ID (not shown): ');
	const secretAccessKey = await line('Secret access key (not shown): ');
	return checked(accessKeyId, secretAccessKey, await line('Session token, if there is one (not shown): '));
}

const NAMES = ['aws_access_key_id', 'aws_secret_access_key', 'aws_session_token'];

/** Lines `name = value` as in ~/.aws/credentials or an environment, or the values alone, one a line. @throws FirnError */
export function parseKeys(text: string): Keys {
	const lines = text.split('\n').map((line) => line.trim().replace(/^export\s+/, ''));
	const given = lines.filter((line) => line !== '' && !/^[[#;]/.test(line));
	const pairs = given.flatMap((line) => {
		const [, name, value] = /^(aws_\w+)\s*=\s*["']?(.*?)["']?$/i.exec(line) ?? [];
		return name === undefined ? [] : [[name.toLowerCase(), value!] as const];
	});
	const named = new Map(pairs);
	const values = pairs.length > 0 ? NAMES.map((name) => named.get(name) ?? '') : given;
	if (values.length > NAMES.length) throw unusable();
	const [accessKeyId = '', secretAccessKey = '', sessionToken = ''] = values;
	return checked(accessKeyId, secretAccessKey, sessionToken);
}

function checked(accessKeyId: string, secretAccessKey: string, sessionToken: string): Keys {
	const isRight = (value: string) => /^[\x21-\x7e]{1,8192}$/.test(value);
	if (!isRight(accessKeyId) || !isRight(secretAccessKey)) throw unusable();
	if (sessionToken === '') return { accessKeyId, secretAccessKey };
	if (!isRight(sessionToken)) throw unusable();
	return { accessKeyId, secretAccessKey, sessionToken };
}

/** What was given is not repeated: it may be nearly right. */
function unusable(): Error {
	return usageError(
		'BAD_CREDENTIALS_GIVEN',
		'These are no S3 credentials.',
		'Give the access key ID and the secret access key on two lines, a session token on a third.',
	);
}
