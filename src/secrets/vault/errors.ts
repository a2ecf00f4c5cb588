/** What can be wrong with a vault, for people. */

import { errnoCode, FirnError, usageError } from '../../core/errors.ts';

const WAYS =
	'--passphrase-file FILE, FIRN_PASSPHRASE_FILE, FIRN_PASSPHRASE_COMMAND, the systemd credential firn-passphrase, ' +
	'FIRN_PASSPHRASE, or on a terminal, where you are asked';

/** Clients answer it with `unlock`, and ask again. */
export function vaultLocked(file: string): FirnError {
	return usageError('VAULT_LOCKED', `The vault ${file} is locked.`, `Give its passphrase by ${WAYS}.`);
}

/** The same for a vault that is still to be made. */
export function passphraseNeeded(file: string): FirnError {
	return usageError('PASSPHRASE_NEEDED', `The new vault ${file} needs a passphrase.`, `Give one by ${WAYS}.`);
}

export function wrongPassphrase(file: string, source: string): FirnError {
	return usageError(
		'VAULT_WRONG_PASSPHRASE',
		`The passphrase from ${source} does not open the vault ${file}.`,
		'Mend it there; nothing was changed.',
	);
}

export function vaultDamaged(file: string, error: unknown): FirnError {
	// Any other error may repeat what it stumbled over.
	const why = error instanceof FirnError ? error.message : 'What is in it was not written by Firn.';
	return new FirnError('VAULT_DAMAGED', `The vault ${file} is damaged: ${why}`, {
		guidance: 'Put a copy in its place; or move it away and take your identities in again with firn key import.',
		retry: 'later',
	});
}

/** A vault that held secrets. */
export function vaultMissing(file: string): FirnError {
	return new FirnError('VAULT_MISSING', `There is no vault ${file} any more.`, {
		guidance: 'Put a copy of it in its place, or take your identities in again after firn key move --to file.',
		retry: 'later',
	});
}

export function vaultChanged(file: string): FirnError {
	return new FirnError('VAULT_CHANGED', `The vault ${file} was changed by somebody else meanwhile.`, {
		guidance: 'Nothing was written; try again.',
		retry: 'now',
	});
}

export function vaultNotStored(file: string, error?: unknown): FirnError {
	const why = error === undefined ? 'could not be read back' : `cannot be written (${errnoCode(error) ?? error})`;
	return new FirnError('VAULT_NOT_STORED', `The vault ${file} ${why}.`, {
		guidance: 'Make room or give rights there; what it held before is still in it.',
		retry: 'later',
		cause: error,
	});
}
