import { readFileSync } from 'node:fs';
import { decodePath } from '../core/path-bytes.ts';

/** What Node makes of bytes that are not UTF-8. */
const LOST = '\ufffd';

/**
 * The arguments with the bytes that they were given in, as decodePath() holds them: Node loses those that are not UTF-8,
 * and such a file could not be named. Where the system does not tell them the arguments stay as they are.
 */
export function exactArguments(argv: string[]): string[] {
	if (!argv.some((argument) => argument.includes(LOST))) return argv;
	const given = givenBytes().slice(-argv.length);
	const isTheSame = given.length === argv.length && given.every((bytes, at) => bytes.toString() === argv[at]);
	return isTheSame ? given.map(decodePath) : argv;
}

/** proc_pid_cmdline(5): each ends with a zero byte. */
function givenBytes(): Buffer[] {
	try {
		const all = readFileSync('/proc/self/cmdline', 'latin1').split('\0').slice(0, -1);
		return all.map((argument) => Buffer.from(argument, 'latin1'));
	} catch {
		return [];
	}
}
