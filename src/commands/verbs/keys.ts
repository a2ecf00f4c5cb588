/** The keys of backups, and where secrets are kept. */

import { Option } from 'commander';
import type { Verb } from '../verb.ts';
import { collect } from './options.ts';

export function keyVerbs(verb: Verb): void {
	const key = verb(
		'key',
		'the keys of your backups: who can open what',
		async () => (await import('../key.ts')).listKeys,
	);
	verb('list', 'list the keys, and what needs them', async () => (await import('../key.ts')).listKeys, key);
	verb('new', 'make one more identity', async () => (await import('../key.ts')).newKey, key).option(
		'--name <name>',
		'what to call it',
	);
	verb(
		'show <key>',
		'what a key is for (a recipient or a name)',
		async () => (await import('../key.ts')).showKey,
		key,
	).option('--reveal', 'show the identity itself, which opens the archives');
	verb(
		'export [key]',
		'print identities, to be kept elsewhere (default: all)',
		async () => (await import('../key.ts')).exportKeys,
		key,
	).option('--to <file>', 'write them to this new file instead, readable by you alone');
	verb(
		'import <file>',
		'take identities in: a file, or - for stdin',
		async () => (await import('../key.ts')).importKeys,
		key,
	).option('--name <name>', 'what to call it');
	verb(
		'recovery-sheet [key]',
		'a page that opens the backups when this machine is gone',
		async () => (await import('../recovery-sheet.ts')).recoverySheet,
		key,
	)
		.option('--qr', 'with a QR code of each identity (default on a terminal)')
		.option('--no-qr', 'without')
		.option('--to <file>', 'write it to this new file, readable by you alone')
		.option('--stored', 'it lies somewhere safe: no more reminders');
	verb(
		'check [job]',
		'prove that an identity opens the newest archive of each job, without fetching it',
		async () => (await import('../key-check.ts')).checkKeys,
		key,
	).option('--identity <file>', 'age identity file, or - to paste one (default: those of this machine)', collect);
	verb(
		'move',
		'move all secrets to another place',
		async () => (await import('../key-move.ts')).moveKeys,
		key,
	).addOption(
		new Option('--to <where>', 'the keychain of your login, a vault under a passphrase, or a plain file')
			.choices(['keychain', 'vault', 'file'])
			.makeOptionMandatory(),
	);
	verb(
		'passphrase',
		'change the passphrase of the vault',
		async () => (await import('../key-move.ts')).changePassphrase,
		key,
	).option('--new-passphrase-file <file>', 'take the new one from this file instead of asking');
	verb('remove <key>', 'forget an identity', async () => (await import('../key.ts')).removeKey, key).option(
		'--losing <n>',
		'the number of archives that nothing on this machine opens any more',
	);
}
