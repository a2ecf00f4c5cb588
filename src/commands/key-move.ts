/** `firn key move --to keychain|vault|file` and `firn key passphrase`: where the secrets are kept. */

import { fromFile } from '../client/passphrase.ts';
import { usageError } from '../core/errors.ts';
import { EXIT } from '../core/exit-codes.ts';
import { safePrint } from '../core/safe-print.ts';
import { counted } from '../core/sizes.ts';
import type { SecretPlaceView } from '../protocol/contract.ts';
import type { Context } from './context.ts';
import { newPassphrase } from './passphrases.ts';

/** `firn key move --to STORE`. */
export async function moveKeys(
	context: Context,
	_args: string[],
	{ to }: { to: SecretPlaceView['store'] },
): Promise<number> {
	const { out } = context;
	const { count, secrets } = await context.ask((engine) => engine.call('moveSecrets', { to }));
	out.record({ count, ...secrets });
	out.line(`${counted(count, 'secret')} in ${safePrint(secrets.place)}, and nowhere else.`);
	if (to === 'vault')
		out.line('Remember the passphrase, and keep your recovery sheet: nobody can open it without either.');
	if (to === 'file') out.line('Whoever can read this file can read your backups.');
	return EXIT.ok;
}

/** `firn key passphrase [--new-passphrase-file FILE]`. */
export async function changePassphrase(
	context: Context,
	_args: string[],
	{ newPassphraseFile }: { newPassphraseFile?: string },
): Promise<number> {
	return context.ask(async (engine) => {
		const { secrets } = await engine.call('keys', {});
		if (secrets.store !== 'vault') {
			throw usageError(
				'NO_VAULT',
				`The secrets are in ${secrets.place}, not in a vault.`,
				'firn key move --to vault makes one.',
			);
		}
		// The old one is proven before the new one is asked for.
		await engine.call('openVault', {});
		const { text, source } = await given(newPassphraseFile);
		await engine.call('changePassphrase', { passphrase: text, source });
		context.out.record({ changed: true, ...secrets });
		context.out.line(`The passphrase of ${safePrint(secrets.place)} was changed.`);
		return EXIT.ok;
	});
}

async function given(file: string | undefined) {
	if (file !== undefined) return fromFile(file, `the file ${file} (--new-passphrase-file)`);
	if (process.stdin.isTTY && process.stderr.isTTY) return newPassphrase('New passphrase: ');
	throw usageError(
		'PASSPHRASE_NEEDED',
		'There is no terminal on which the new passphrase could be typed.',
		'Give it with --new-passphrase-file FILE.',
	);
}

/** Where the secrets are and why, for `firn key list`. */
export function describePlace({ store, place, why, locked, alsoIn }: SecretPlaceView): string[] {
	const state = locked ? ' Locked: its passphrase is asked for when it is needed.' : '';
	const lines = [`Secrets: ${store}, in ${safePrint(place)}: ${safePrint(why)}.${state}`];
	if (alsoIn) {
		lines.push(
			`There may be copies in the ${alsoIn === 'file' ? 'plain file' : alsoIn} too: firn key move --to ${store} removes them.`,
		);
	}
	return lines;
}
