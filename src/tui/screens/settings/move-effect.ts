/** Where the secrets are kept, changed in Settings: puts them elsewhere, or gives their vault another passphrase. */

import { counted } from '../../../core/sizes.ts';
import type { SecretPlaceView } from '../../../protocol/contract.ts';
import { fieldOf } from '../../components/field.tsx';
import { displayName } from '../../components/text.ts';
import type { EffectContext } from '../../screen.ts';

const WHERE = 'settings.moveSecrets';
const NEW = 'settings.passphrase.new';
const AGAIN = 'settings.passphrase.again';
const PASSPHRASE = 'passphrase';

const STORES: { value: SecretPlaceView['store']; label: string; note: string }[] = [
	{ value: 'keychain', label: 'Keychain', note: 'of your login' },
	{ value: 'vault', label: 'Vault', note: 'a file under a passphrase' },
	{ value: 'file', label: 'Plain file', note: 'whoever can read it can read your backups' },
];

/** Opens the choice. */
export function askWhere({ store }: SecretPlaceView, { open }: EffectContext): void {
	const items = STORES.map((one) => (one.value === store ? { ...one, note: 'now' } : one));
	const other = { value: PASSPHRASE, label: 'Another passphrase', note: 'for the vault' };
	open({
		kind: 'menu',
		tag: WHERE,
		title: 'Where are the secrets to be kept?',
		items: store === 'vault' ? [...items, other] : items,
	});
}

/** What was typed first; in memory only. */
const typed = new WeakMap<EffectContext, string>();

/** Whether an answer is one to these questions. */
export function isAboutWhere(tag: string): boolean {
	return [WHERE, NEW, AGAIN].includes(tag);
}

/** The answers to these questions. @throws FirnError as moveSecrets, changePassphrase */
export async function whereAnswered(tag: string, value: string, context: EffectContext): Promise<void> {
	const { call, flash } = context;
	if (tag === WHERE && value === PASSPHRASE) {
		// The old one is proven before the new one is asked for.
		await call('openVault', {});
		askNew(context, NEW, 'The new passphrase:');
	} else if (tag === WHERE) {
		const { count, secrets } = await call('moveSecrets', { to: value as SecretPlaceView['store'] });
		flash('info', `${counted(count, 'secret')} in ${displayName(secrets.place)}, and nowhere else.`);
	} else if (tag === NEW) {
		typed.set(context, value);
		if (value === '') flash('error', 'The passphrase is empty. Nothing was changed.');
		else askNew(context, AGAIN, 'The same again:');
	} else {
		const first = typed.get(context);
		typed.delete(context);
		if (value !== first) flash('error', 'The two passphrases are not the same. Nothing was changed.');
		else {
			await call('changePassphrase', { passphrase: value, source: 'the app' });
			flash('info', 'The passphrase of the vault was changed.');
		}
	}
}

function askNew({ open }: EffectContext, tag: string, label: string): void {
	const hint = 'Nobody can open the vault without it.';
	open({ kind: 'prompt', tag, title: 'The vault of your keys', label, field: fieldOf(''), hint, secret: true });
}
