/**
 * The process that talks to the keychain: keytar hangs for ever on a bus that does not answer and can crash, so that it
 * must not do so in the engine. Takes one JSON request on stdin, answers with one JSON line; secrets are nowhere else.
 */

import { createRequire } from 'node:module';
import type { KeychainAnswer, KeychainRequest } from './run-child.ts';

interface Keytar {
	getPassword(service: string, account: string): Promise<string | null>;
	setPassword(service: string, account: string, password: string): Promise<void>;
	deletePassword(service: string, account: string): Promise<boolean>;
}

let input = '';
process.stdin.setEncoding('utf8');
for await (const chunk of process.stdin) input += chunk;
const answer = await work(JSON.parse(input) as KeychainRequest);
// Not process.exit(): it waits for threads that may hang. Whoever reads this ends the process.
process.stdout.write(`${JSON.stringify(answer)}\n`);

async function work({ service, steps }: KeychainRequest): Promise<KeychainAnswer> {
	let keytar: Keytar;
	try {
		keytar = createRequire(import.meta.url)('keytar') as Keytar;
	} catch (error) {
		return { missing: error instanceof Error && 'code' in error ? String(error.code) : String(error) };
	}
	const values: (string | null)[] = [];
	try {
		for (const { account, ...step } of steps) {
			if ('set' in step) await keytar.setPassword(service, account, step.set);
			else if ('remove' in step) await keytar.deletePassword(service, account);
			else values.push(await keytar.getPassword(service, account));
		}
		return { values };
	} catch (error) {
		return { error: error instanceof Error ? error.message : String(error) };
	}
}
