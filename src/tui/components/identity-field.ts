/** A field for the path of an identity file, into which an identity itself can be pasted: that is never shown or kept. */

import { editField, type Field, fieldOf, insertText } from './field.tsx';
import type { FormRow } from './form.tsx';

export interface IdentityInput {
	/** Path of an identity file; empty for this machine's. */
	identity: Field;
	/** Identities that were pasted or typed. */
	pasted: string | undefined;
}

const BEGINS = /^\s*age-s/i;
const WHOLE = /AGE-SECRET-KEY-1[A-Z0-9]{58}/gi;

/** After a paste. Whatever of a key file comes along is left out. */
export function pasteIdentity(input: IdentityInput, text: string): IdentityInput {
	return taken(input, insertText(input.identity, text));
}

/** After a key. Any key that would edit it forgets what was pasted. */
export function editIdentity(input: IdentityInput, key: string): IdentityInput {
	const field = editField(input.identity, key);
	const deletes = /^(backspace|delete|ctrl\+[duwk]|alt\+backspace)$/.test(key);
	const forgets = input.pasted !== undefined && (deletes || field.text !== input.identity.text);
	return taken(forgets ? { ...input, pasted: undefined } : input, field);
}

function taken({ pasted }: IdentityInput, field: Field): IdentityInput {
	const found = field.text.match(WHOLE);
	return found ? { identity: fieldOf(''), pasted: found.join('\n') } : { identity: field, pasted };
}

/** The path as it may be kept in a draft: half a secret is none. */
export function keptPath({ identity }: IdentityInput): string {
	return BEGINS.test(identity.text) ? '' : identity.text;
}

/** What goes into a request; `absolute` makes a typed path so. */
export function identityParams({ identity, pasted }: IdentityInput, absolute: (path: string) => string) {
	const file = identity.text.trim();
	return {
		identityFiles: file === '' ? [] : [absolute(file)],
		...(pasted === undefined ? {} : { identityText: pasted }),
	};
}

/** The row of a form. */
export function identityRow({ identity, pasted }: IdentityInput): FormRow {
	return {
		label: 'Identity',
		field: identity,
		secret: BEGINS.test(identity.text),
		placeholder:
			pasted === undefined ? 'that of this machine; or a file, or paste one' : 'pasted; backspace forgets it',
	};
}
