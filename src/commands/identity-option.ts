import { resolve } from 'node:path';
import { usageError } from '../core/errors.ts';
import type { Channel } from '../protocol/channel.ts';
import type { Context } from './context.ts';
import { readIdentityText } from './secret-input.ts';

export interface GivenIdentities {
	identityFiles: string[];
	/** What was pasted or piped in. */
	identityText?: string;
}

/** What `--identity` says: files, and `-` for the terminal or stdin. */
export async function givenIdentities(option: string[] = []): Promise<GivenIdentities> {
	const identityFiles = option.filter((file) => file !== '-').map((file) => resolve(file));
	if (!option.includes('-')) return { identityFiles };
	const identityText = await readIdentityText();
	if (identityText.trim() === '') {
		throw usageError('NO_IDENTITY', 'No identity was given.', 'Paste a line that begins with AGE-SECRET-KEY-1.');
	}
	return { identityFiles, identityText };
}

/** Whether somebody sits there. */
export function canAsk({ out }: Context): boolean {
	return !out.json && out.isTerminal && process.stdin.isTTY === true;
}

/**
 * The same for a restore; where no identity of this machine opens anything of the job, one is asked for on a terminal.
 */
export async function identitiesFor(
	context: Context,
	engine: Channel,
	job: string,
	option: string[] | undefined,
): Promise<GivenIdentities> {
	if (option || !canAsk(context)) return givenIdentities(option);
	const { keys } = await engine.call('keys', {});
	const owners = keys.filter(({ needed }) => needed.some((need) => need.job === job));
	if (owners.length === 0 || owners.some(({ held }) => held)) return { identityFiles: [] };
	const names = owners.map(({ recipient, name }) => (name === null ? recipient : `${recipient} (${name})`));
	context.out.line(`The archives of ${job} are for ${names.join(', ')}, and no identity here opens them.`);
	return givenIdentities(['-']);
}
