import { type Call, header, textOf } from '../call.ts';
import { OAuthError } from '../errors.ts';

/** The body of an OAuth request. @throws OAuthError when it is not sent as a form */
export async function formOf(call: Call): Promise<URLSearchParams> {
	const text = await textOf(call);
	if (!/^application\/x-www-form-urlencoded\b/.test(header(call, 'content-type') ?? '')) {
		throw new OAuthError(400, 'invalid_request', 'The request must be application/x-www-form-urlencoded.');
	}
	return new URLSearchParams(text);
}
