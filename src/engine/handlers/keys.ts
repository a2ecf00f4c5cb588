import type { KeysResults } from '../../protocol/requests/keys.ts';
import type { Parts } from '../parts.ts';
import type { Handlers } from './handlers.ts';

export function keysHandlers({ keyRing, keys, sheets, restores }: Parts): Handlers<keyof KeysResults> {
	return {
		keys: () => keyRing.list(),
		newKey: (params) => keys.create(params),
		showKey: (params) => keys.show(params),
		exportKeys: (params) => keys.export(params),
		importKeys: (params) => keys.import(params),
		checkKeys: (params) => restores.checkKeys(params),
		recoverySheet: (params) => sheets.make(params),
		sheetReminder: () => sheets.remind(),
		removeKey: (params) => keys.remove(params),
	};
}
