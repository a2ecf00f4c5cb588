/** Checks AWS Signature Version 4 as a store does, from the specification. */

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { S3Error } from './errors.ts';

export interface SignatureRules {
	credentials: ReadonlyMap<string, string>;
	region: string;
	anyRegion: boolean;
	now: number;
}

const hmac = (key: Buffer | string, text: string) => createHmac('sha256', key).update(text).digest();

/** RFC 3986: all but unreserved characters as %XX. */
export function uriEncode(text: string): string {
	return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** @throws S3Error as AWS answers */
export function checkSignature(request: IncomingMessage, rules: SignatureRules): void {
	const header = request.headers.authorization ?? '';
	const match =
		/^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
			header,
		);
	if (!match) throw new S3Error(403, 'AccessDenied', 'Anonymous or malformed authorization.');
	const [, accessKey, day, region, signedHeaders, signature] = match as unknown as [string, ...string[]] as string[];
	const secret = rules.credentials.get(accessKey!);
	if (secret === undefined) {
		throw new S3Error(403, 'InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.');
	}
	if (!rules.anyRegion && region !== rules.region) {
		const message = `The authorization header is malformed; the region '${region}' is wrong; expecting '${rules.region}'`;
		throw new S3Error(400, 'AuthorizationHeaderMalformed', message, { Region: rules.region });
	}
	const date = String(request.headers['x-amz-date'] ?? '');
	const stamp = date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
	if (!(Math.abs(Date.parse(stamp) - rules.now) <= 15 * 60_000)) {
		throw new S3Error(
			403,
			'RequestTimeTooSkewed',
			'The difference between the request time and the current time is too large.',
		);
	}
	const scope = `${day}/${region}/s3/aws4_request`;
	const canonical = canonicalRequest(request, signedHeaders!.split(';'));
	const toSign = ['AWS4-HMAC-SHA256', date, scope, createHash('sha256').update(canonical).digest('hex')].join('\n');
	const key = ['aws4_request', 's3', region!, day!].reduceRight<Buffer | string>(
		(signing, part) => hmac(signing, part),
		`AWS4${secret}`,
	);
	const expected = createHmac('sha256', key).update(toSign).digest();
	if (!timingSafeEqual(expected, Buffer.from(signature!, 'hex'))) {
		throw new S3Error(
			403,
			'SignatureDoesNotMatch',
			'The request signature we calculated does not match the signature you provided.',
		);
	}
}

function canonicalRequest(request: IncomingMessage, signedHeaders: string[]): string {
	const [path = '/', query = ''] = request.url!.split(/\?(.*)/s);
	const canonicalPath = path
		.split('/')
		.map((segment) => uriEncode(decodeURIComponent(segment)))
		.join('/');
	const canonicalQuery = query
		.split('&')
		.filter((pair) => pair !== '')
		.map((pair) => {
			const [name = '', value = ''] = pair.split(/=(.*)/s);
			return `${uriEncode(decodeURIComponent(name))}=${uriEncode(decodeURIComponent(value))}`;
		})
		.sort()
		.join('&');
	for (const name of Object.keys(request.headers)) {
		if (name.startsWith('x-amz-') && !signedHeaders.includes(name)) {
			throw new S3Error(
				403,
				'AccessDenied',
				`There were headers present in the request which were not signed: ${name}`,
			);
		}
	}
	const headers = signedHeaders.map(
		(name) =>
			`${name}:${String(request.headers[name] ?? '')
				.trim()
				.replace(/ +/g, ' ')}\n`,
	);
	return [
		request.method,
		canonicalPath,
		canonicalQuery,
		headers.join(''),
		signedHeaders.join(';'),
		String(request.headers['x-amz-content-sha256'] ?? ''),
	].join('\n');
}
