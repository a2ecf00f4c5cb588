/** Ends a change of where secrets are kept at each of its steps, and looks whether anything is lost. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateIdentity } from '../../src/archive/age/identity.ts';
import { Secrets } from '../../src/secrets/secrets.ts';
import type { StoreKind } from '../../src/secrets/store.ts';

export type Change = StoreKind | 'passphrase';
type When = 'before' | 'after';

const hook = fileURLToPath(new URL('./kill-hook.ts', import.meta.url));
const changer = fileURLToPath(new URL('./secrets-process.ts', import.meta.url));

/** @returns how often the process was killed @throws Error when anything was lost or left behind */
export async function campaign(
	root: string,
	from: StoreKind,
	change: Change,
	points: [string, When][],
): Promise<number> {
	let kills = 0;
	for (const [point, when] of points) {
		for (let nth = 1; ; nth++) {
			const folder = join(root, `${from}-${change}-${point}-${when}-${nth}`);
			const secretsDir = join(folder, 'secrets');
			mkdirSync(join(folder, 'counts'), { recursive: true });
			const identities = [generateIdentity().identity, generateIdentity().identity];
			const before = await opened(secretsDir, 'old');
			await before.move(from);
			await before.addIdentities(identities);
			const kill = JSON.stringify({ dir: join(folder, 'counts'), point, nth, when });
			const { signal, status, stderr } = spawnSync(process.execPath, ['--import', hook, changer, secretsDir, change], {
				env: { ...process.env, FIRN_KILL: kill },
			});
			if (signal !== 'SIGKILL' && status !== 0) throw new Error(`${folder}: ${stderr}`);
			await check(secretsDir, change, identities);
			if (signal !== 'SIGKILL') break;
			kills += 1;
		}
	}
	return kills;
}

async function opened(secretsDir: string, text: string): Promise<Secrets> {
	const secrets = new Secrets({ secretsDir, workFactor: 1 });
	await secrets.unlock({ text, source: 'the test' });
	return secrets;
}

async function check(secretsDir: string, change: Change, identities: string[]): Promise<void> {
	const same = async (secrets: Secrets, when: string) => {
		const held = await secrets.identities();
		if (held.join() !== identities.join()) throw new Error(`${secretsDir} ${when}: ${held.length} identities`);
	};
	if (change === 'passphrase') {
		const either = await opened(secretsDir, 'old').catch(() => opened(secretsDir, 'new'));
		await same(either, 'after the kill');
		await either.changePassphrase({ text: 'new', source: 'the test' });
		await same(await opened(secretsDir, 'new'), 'after all');
	} else {
		await same(await opened(secretsDir, 'old'), 'after the kill');
		await (await opened(secretsDir, 'old')).move(change);
		const after = await opened(secretsDir, 'old');
		await same(after, 'after all');
		const { store, alsoIn } = await after.place();
		if (store !== change || alsoIn !== null) throw new Error(`${secretsDir}: ${store}, and ${alsoIn}`);
	}
	const plain = filesIn(secretsDir).filter((file) => readFileSync(file, 'latin1').includes('AGE-SECRET-KEY-1'));
	const wanted = change === 'file' ? [join(secretsDir, 'identity.txt')] : [];
	const vaults = filesIn(secretsDir).filter((file) => file.includes('vault.age'));
	const isRight = change === 'vault' || change === 'passphrase' ? vaults.length === 1 : vaults.length === 0;
	if (plain.join() !== wanted.join() || !isRight) throw new Error(`${secretsDir}: left ${filesIn(secretsDir)}`);
}

function filesIn(folder: string): string[] {
	return readdirSync(folder, { recursive: true, encoding: 'utf8' })
		.map((name) => join(folder, name))
		.filter((file) => statSync(file).isFile());
}

// As a process of its own: in a session that has a keychain.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const [root, ...pairs] = process.argv.slice(2) as [string, ...string[]];
	for (const pair of pairs) {
		const [from, change] = pair.split('>') as [StoreKind, Change];
		console.log(`${pair} ${await campaign(root, from, change, [['renameSync', 'before']])}`);
	}
	process.exit();
}
