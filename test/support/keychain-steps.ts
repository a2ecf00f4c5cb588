/** A process that does steps with the keychain of its D-Bus session and prints what came of each as a line of JSON. */

import { Keychain } from '../../src/secrets/keychain/keychain.ts';

export type Step =
	| { set: [name: string, secret: string][] }
	| { get: string[] }
	| { remove: string[] }
	| { whyNot: true };

const keychain = new Keychain({ id: '0badcafe' });

async function outcome(step: Step): Promise<unknown> {
	if ('set' in step) return keychain.set(new Map(step.set));
	if ('get' in step) return [...(await keychain.get(step.get))];
	if ('remove' in step) return keychain.remove(step.remove);
	return (await keychain.whyNot()) ?? 'it works';
}

for (const step of JSON.parse(process.argv[2]!) as Step[]) {
	const began = performance.now();
	const result = await outcome(step).catch(({ code, message }) => ({ code, message }));
	console.log(JSON.stringify({ result: result ?? null, ms: performance.now() - began }));
}
process.exit();
