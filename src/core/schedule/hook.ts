import { usageError } from '../errors.ts';

const LONGEST = 4096;

/** What a hook does: a command for the shell, or a URL that is sent a POST. @throws FirnError (usage) BAD_HOOK */
export function checkHook(text: string): { kind: 'command'; command: string } | { kind: 'post'; url: URL } {
	const trimmed = text.trim();
	if (trimmed === '' || trimmed.length > LONGEST || trimmed.includes('\0')) {
		throw usageError('BAD_HOOK', 'A hook is empty or too long.', 'Give a command, or a URL with http:// or https://.');
	}
	if (!/^[a-z][a-z0-9+.-]*:\/\/\S*$/i.test(trimmed)) return { kind: 'command', command: trimmed };
	const url = URL.canParse(trimmed) ? new URL(trimmed) : undefined;
	if (url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') return { kind: 'post', url };
	throw usageError(
		'BAD_HOOK',
		'A hook is a URL that cannot be used.',
		'Give one with http:// or https:// and without a user name, or a command.',
	);
}
