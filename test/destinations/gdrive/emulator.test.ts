/** The emulator of Drive itself, asked by plain fetch and by Google's own library for tokens. */

import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { CodeChallengeMethod, OAuth2Client } from 'google-auth-library';
import { afterEach, expect, test } from 'vitest';
import {
	type DriveEmulator,
	type EmulatorOptions,
	type ReadySignIn,
	startDriveEmulator,
} from '../../support/drive-emulator/emulator.ts';
import { REFUSALS } from '../../support/drive-emulator/faults.ts';
import { DAY, FOLDER, SCOPE, UNIT, WEEK } from '../../support/drive-emulator/types.ts';
import { sameBytes } from '../conformance.ts';

let emulator: DriveEmulator;
afterEach(() => emulator.close());

type Json = Record<string, never>;

/** An emulator and a client that is signed in. */
async function bench(options: EmulatorOptions = {}) {
	emulator = await startDriveEmulator(options);
	const { endpoint } = emulator;
	const signedIn = async (by = emulator.clients.tv) => {
		const { refreshToken } = emulator.signIn(by);
		const client = new OAuth2Client({
			clientId: by.id,
			clientSecret: by.secret,
			endpoints: { oauth2TokenUrl: `${endpoint}/token` },
		});
		client.setCredentials({ refresh_token: refreshToken });
		const token = (await client.getAccessToken()).token!;
		const call = async (
			method: string,
			path: string,
			body?: object | Uint8Array,
			headers: Record<string, string> = {},
		) => {
			const isBytes = body instanceof Uint8Array;
			return fetch(path.startsWith('http') ? path : endpoint + path, {
				method,
				redirect: 'manual',
				headers: {
					authorization: `Bearer ${token}`,
					...(body && !isBytes ? { 'content-type': 'application/json' } : {}),
					...headers,
				},
				...(body ? { body: isBytes ? new Uint8Array(body) : JSON.stringify(body) } : {}),
			});
		};
		const json = async <T>(...args: Parameters<typeof call>) => (await (await call(...args)).json()) as T;
		return { token, client, call, json };
	};
	return { endpoint, signedIn, ...(await signedIn()) };
}

const form = (path: string, fields: Record<string, string>) =>
	fetch(emulator.endpoint + path, { method: 'POST', body: new URLSearchParams(fields) });
const reasonOf = async (response: Response) =>
	`${response.status} ${((await response.json()) as { error: { errors: { reason: string }[] } }).error.errors[0]?.reason}`;
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** A chunk to the address of a session, without Authorization. */
const put = (address: string, range: string, bytes = new Uint8Array()) =>
	fetch(address, {
		method: 'PUT',
		redirect: 'manual',
		headers: { 'content-range': `bytes ${range}` },
		body: new Uint8Array(bytes),
	});

async function start(call: Awaited<ReturnType<typeof bench>>['call'], about: object, size: number, fields = 'id') {
	const response = await call('POST', `/upload/drive/v3/files?uploadType=resumable&fields=${fields}`, about, {
		'x-upload-content-type': 'application/octet-stream',
		'x-upload-content-length': String(size),
	});
	expect(response.status).toBe(200);
	return response.headers.get('location')!;
}

test('the ready sign-in is good for an access token until it expires, and for none after the user withdrew it', async () => {
	const { client, call } = await bench();
	const ready = JSON.parse(emulator.env.FIRN_GDRIVE) as ReadySignIn;
	expect(Buffer.from(ready.sessionKey, 'base64')).toHaveLength(32);
	const about = '/drive/v3/about?fields=user/emailAddress';
	expect((await call('GET', about)).status).toBe(200);
	emulator.clock.advance(3_600_000);
	expect(await reasonOf(await call('GET', about))).toBe('401 authError');
	client.setCredentials({ refresh_token: ready.refreshToken });
	expect((await client.getAccessToken()).token).toMatch(/^ya29\./);
	emulator.revoke();
	client.setCredentials({ refresh_token: ready.refreshToken });
	await expect(client.getAccessToken()).rejects.toMatchObject({
		status: 400,
		response: { data: { error: 'invalid_grant' } },
	});
});

test('the device flow waits for the user, and slows down who asks too often', async () => {
	await bench({ pollSeconds: 1 });
	const { tv, desktop } = emulator.clients;
	const refused = await form('/device/code', { client_id: desktop.id, scope: SCOPE });
	expect([refused.status, ((await refused.json()) as Json).error]).toEqual([401, 'invalid_client']);
	const wide = await form('/device/code', { client_id: tv.id, scope: 'https://www.googleapis.com/auth/drive' });
	expect(((await wide.json()) as Json).error).toBe('invalid_scope');
	const begin = async () =>
		(await (await form('/device/code', { client_id: tv.id, scope: SCOPE })).json()) as Record<string, string>;
	const poll = async (device: Record<string, string>) => {
		const response = await form('/token', {
			client_id: tv.id,
			client_secret: tv.secret,
			device_code: device.device_code!,
			grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
		});
		const body = (await response.json()) as Record<string, string>;
		return body.error ?? (body.refresh_token?.startsWith('1//') && 'signed in');
	};
	const device = await begin();
	expect(device.user_code).toMatch(/^[B-Z]{4}-[B-Z]{4}$/);
	expect(await poll(device)).toBe('slow_down');
	emulator.clock.advance(2000);
	expect(await poll(device)).toBe('slow_down');
	emulator.clock.advance(11_000);
	expect(await poll(device)).toBe('authorization_pending');
	emulator.approve(device.user_code!.toLowerCase());
	emulator.clock.advance(11_000);
	expect(await poll(device)).toBe('signed in');
	expect(await poll(device)).toBe('invalid_grant');

	const [other, late] = [await begin(), await begin()];
	emulator.deny(other.user_code!);
	emulator.clock.advance(2000);
	expect(await poll(other)).toBe('access_denied');
	emulator.clock.advance(1_800_000);
	expect(await poll(late)).toBe('expired_token');
});

test('a resumable upload goes on from what was persisted, and needs no token', async () => {
	const { call, json } = await bench();
	const { ids } = await json<{ ids: string[] }>('GET', '/drive/v3/files/generateIds?count=1');
	const content = randomBytes(3 * UNIT + 1000);
	const about = { id: ids[0], name: 'a.age', appProperties: { firn: '1' } };
	const address = await start(call, about, content.length, 'id,size,md5Checksum,sha256Checksum');
	const total = content.length;
	expect((await put(address, `*/${total}`)).headers.get('range')).toBeNull();
	const first = await put(address, `0-${UNIT - 1}/*`, content.subarray(0, UNIT));
	expect([first.status, first.headers.get('range')]).toEqual([308, `bytes=0-${UNIT - 1}`]);

	emulator.faults.add({ operation: 'UploadChunk', fault: { kind: 'persist', units: 1, ends: 'cut' } });
	await expect(put(address, `${UNIT}-${3 * UNIT - 1}/${total}`, content.subarray(UNIT, 3 * UNIT))).rejects.toThrow();
	expect((await put(address, '*/*')).headers.get('range')).toBe(`bytes=0-${2 * UNIT - 1}`);
	expect((await put(address, `${3 * UNIT}-${total - 1}/${total}`, content.subarray(3 * UNIT))).status).toBe(503);
	expect((await put(address, `${2 * UNIT}-${2 * UNIT + 999}/${total}`, content.subarray(0, 1000))).status).toBe(400);
	expect((await put(address, `*/${total + 1}`)).status).toBe(400);
	expect(emulator.files()).toEqual([]);
	const last = await put(address, `${2 * UNIT}-${total - 1}/${total}`, content.subarray(2 * UNIT));
	const told = { id: ids[0], size: String(total), sha256Checksum: sha256(content) };
	expect(await last.json()).toMatchObject(told);
	expect(await (await put(address, `*/${total}`)).json()).toMatchObject(told);
	sameBytes(await emulator.content(ids[0]!), content);
	expect(emulator.log.of('UploadChunk').some((entry) => entry.authorized)).toBe(false);

	const again = await call('POST', '/upload/drive/v3/files?uploadType=resumable', about);
	expect(await reasonOf(again)).toBe('409 fileIdInUse');
	const late = await start(call, { name: 'late' }, 5);
	emulator.clock.advance(WEEK);
	expect((await put(late, '*/5')).status).toBe(404);
	expect(JSON.stringify(emulator.log.entries)).not.toContain(new URL(address).searchParams.get('upload_id'));
});

test('chunks are taken one after the other, and bytes that come again are passed over', async () => {
	const { call } = await bench();
	const content = randomBytes(4 * UNIT);
	const total = content.length;
	const chunk = (address: string, from: number, to: number) =>
		put(address, `${from * UNIT}-${to * UNIT - 1}/${total}`, content.subarray(from * UNIT, to * UNIT));
	const address = await start(call, { name: 'a' }, total, 'sha256Checksum');
	const pipe = new TransformStream<Uint8Array>();
	const feed = pipe.writable.getWriter();
	const slow = fetch(address, {
		method: 'PUT',
		headers: { 'content-range': `bytes 0-${2 * UNIT - 1}/${total}` },
		body: pipe.readable,
		duplex: 'half',
	} as RequestInit);
	const broken = expect(slow).rejects.toThrow();
	await feed.write(new Uint8Array(content.subarray(0, UNIT)));
	await expect.poll(() => emulator.sessions()[0]?.persisted).toBe(UNIT);
	expect((await put(address, '*/*')).headers.get('range')).toBe(`bytes=0-${UNIT - 1}`);
	// The question has ended the older request, whose bytes come too late.
	await feed.write(new Uint8Array(UNIT));
	await broken;
	expect((await chunk(address, 0, 2)).headers.get('range')).toBe(`bytes=0-${2 * UNIT - 1}`);
	expect((await chunk(address, 1, 3)).status).toBe(308);
	expect(await (await chunk(address, 2, 4)).json()).toEqual({ sha256Checksum: sha256(content) });

	emulator.settings.oddChunks = 'rounded';
	const odd = await start(call, { name: 'b' }, total);
	const response = await put(odd, `0-${UNIT + 9}/*`, content.subarray(0, UNIT + 10));
	expect(response.headers.get('range')).toBe(`bytes=0-${UNIT - 1}`);
	emulator.faults.add({ operation: 'UploadChunk', fault: { kind: 'persist', units: 1, ends: 'answer' } });
	const short = await chunk(odd, 1, 4);
	expect([short.status, short.headers.get('range')]).toEqual([308, `bytes=0-${2 * UNIT - 1}`]);
	const streamed = await fetch(odd, {
		method: 'PUT',
		headers: { 'content-range': `bytes ${2 * UNIT}-${total - 1}/${total}` },
		body: new Blob([new Uint8Array(10)]).stream(),
		duplex: 'half',
	} as RequestInit);
	expect(streamed.status).toBe(400);
	expect((await fetch(odd, { method: 'DELETE' })).status).toBe(499);
	expect((await put(odd, '*/*')).status).toBe(404);
	expect(emulator.sessions()).toEqual([]);
});

test('files are made, listed page by page, read in ranges and deleted; names are not unique', async () => {
	const { call, json, signedIn } = await bench({ maxPageSize: 2 });
	const folder = (await json('POST', '/drive/v3/files?fields=id', { name: "it's", mimeType: FOLDER })) as {
		id: string;
	};
	for (const kind of ['x', 'y', 'y', 'z']) {
		const address = await start(call, { name: 'same', parents: [folder.id], appProperties: { kind } }, 5);
		expect((await put(address, '0-4/5', Buffer.from(`abcd${kind}`))).status).toBe(200);
	}
	interface Page {
		files: { id: string; appProperties: { kind: string } }[];
		nextPageToken?: string;
	}
	const list = (q: string, more = '') => {
		const fields = 'nextPageToken,files(id,appProperties)';
		return json<Page>('GET', `/drive/v3/files?fields=${fields}&q=${encodeURIComponent(q)}${more}`);
	};
	const inFolder = `'${folder.id}' in parents and trashed = false`;
	const one = await list(inFolder);
	expect(one.files).toHaveLength(2);
	const rest = await list(inFolder, `&pageToken=${one.nextPageToken}`);
	expect(rest.nextPageToken).toBeUndefined();
	expect([...one.files, ...rest.files].map((file) => file.appProperties.kind).sort()).toEqual(['x', 'y', 'y', 'z']);
	expect((await list("name = 'it\\'s' and mimeType = 'application/vnd.google-apps.folder'")).files).toHaveLength(1);
	const [x] = (await list("appProperties has { key='kind' and value='x' }")).files;
	const bad = await call('GET', `/drive/v3/files?q=${encodeURIComponent("name = 'it's'")}`);
	expect(bad.status).toBe(400);

	const read = (range: string) => call('GET', `/drive/v3/files/${x!.id}?alt=media`, undefined, { range });
	const part = await read('bytes=1-2');
	expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([206, 'bytes 1-2/5', 'bc']);
	expect((await read('bytes=5-')).status).toBe(416);
	expect(await json('GET', `/drive/v3/files/${x!.id}?fields=size,trashed`)).toEqual({ size: '5', trashed: false });
	expect(await reasonOf(await call('GET', `/drive/v3/files/${x!.id}?fields=sizes`))).toBe('400 invalidParameter');
	const stranger = await signedIn(emulator.clients.other);
	expect(await reasonOf(await stranger.call('GET', `/drive/v3/files/${x!.id}`))).toBe('404 notFound');
	expect((await call('DELETE', `/drive/v3/files/${folder.id}`)).status).toBe(204);
	expect(emulator.files()).toEqual([]);
});

test('the loopback flow gives a code for a challenge, once, to a desktop client', async () => {
	const { endpoint } = await bench();
	const { desktop, tv } = emulator.clients;
	const redirect = 'http://127.0.0.1:9/back';
	const endpoints = { oauth2AuthBaseUrl: `${endpoint}/auth`, oauth2TokenUrl: `${endpoint}/token` };
	const client = new OAuth2Client({
		clientId: desktop.id,
		clientSecret: desktop.secret,
		redirectUri: redirect,
		endpoints,
	});
	const { codeVerifier, codeChallenge } = await client.generateCodeVerifierAsync();
	const address = client.generateAuthUrl({
		scope: SCOPE,
		state: 'abc',
		code_challenge_method: CodeChallengeMethod.S256,
		code_challenge: codeChallenge!,
	});
	const open = async (url = address) => {
		const response = await fetch(url, { redirect: 'manual' });
		const location = response.headers.get('location');
		return {
			status: response.status,
			text: await response.text(),
			back: location === null ? undefined : new URL(location),
		};
	};
	const asked = await open();
	expect([asked.status, asked.back]).toEqual([200, undefined]);
	const deny = /href="([^"]*deny)"/.exec(asked.text)![1]!;
	expect((await open(new URL(deny, address).href)).back?.searchParams.get('error')).toBe('access_denied');
	emulator.settings.consent = 'allow';
	const { back } = await open();
	expect([back?.origin, back?.searchParams.get('state')]).toEqual(['http://127.0.0.1:9', 'abc']);
	const code = back!.searchParams.get('code')!;
	const refused = { response: { data: { error: 'invalid_grant' } } };
	await expect(client.getToken({ code, codeVerifier: 'x'.repeat(43) })).rejects.toMatchObject(refused);
	expect((await client.getToken({ code, codeVerifier })).tokens.refresh_token).toMatch(/^1\/\//);
	await expect(client.getToken({ code, codeVerifier })).rejects.toMatchObject(refused);
	expect((await open(address.replace(desktop.id, tv.id))).text).toContain('redirect_uri_mismatch');
	expect((await open(address.replace('127.0.0.1%3A9', 'firn.example'))).status).toBe(400);
});

test('refresh tokens end by rotation, after a week in testing and by revocation', async () => {
	await bench({ rotates: true });
	const { tv } = emulator.clients;
	const refresh = async (token: string) => {
		const fields = { grant_type: 'refresh_token', refresh_token: token, client_id: tv.id, client_secret: tv.secret };
		return (await (await form('/token', fields)).json()) as Record<string, string>;
	};
	const first = emulator.signIn().refreshToken;
	const second = (await refresh(first)).refresh_token!;
	expect((await refresh(first)).error).toBe('invalid_grant');
	emulator.settings.rotates = false;
	expect((await refresh(second)).access_token).toBeDefined();
	emulator.settings.testing = true;
	const short = emulator.signIn().refreshToken;
	emulator.clock.advance(WEEK);
	expect((await refresh(short)).error).toBe('invalid_grant');
	expect((await form('/revoke', { token: second })).status).toBe(200);
	expect((await form('/revoke', { token: second })).status).toBe(400);
	expect((await refresh(second)).error).toBe('invalid_grant');
	expect(JSON.stringify(emulator.log.entries)).not.toMatch(/1\/\/|ya29/);
});

test('small files come in one request; files are renamed, moved and trashed, with their properties', async () => {
	const { call, json } = await bench();
	const folder = await json<{ id: string }>('POST', '/drive/v3/files', { name: 'f', mimeType: FOLDER });
	const parts = [
		'--b\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{"name":"small","appProperties":{"a":"1","b":"2"}}\r\n',
		'--b\r\nContent-Type: text/plain\r\n\r\ncontent\r\n--b--\r\n',
	];
	const uploaded = await call('POST', '/upload/drive/v3/files?uploadType=multipart', Buffer.from(parts.join('')), {
		'content-type': 'multipart/related; boundary=b',
	});
	const { id } = (await uploaded.json()) as { id: string };
	expect(String(await emulator.content(id))).toBe('content');
	const moved = await call(
		'PATCH',
		`/drive/v3/files/${id}?addParents=${folder.id}&removeParents=root&fields=name,appProperties/b,parents`,
		{
			name: 'renamed',
			appProperties: { a: null, b: '3' },
		},
	);
	expect(await moved.json()).toEqual({ name: 'renamed', appProperties: { b: '3' }, parents: [folder.id] });
	const long = await call('PATCH', `/drive/v3/files/${id}`, { appProperties: { key: 'x'.repeat(122) } });
	expect(long.status).toBe(403);
	await call('PATCH', `/drive/v3/files/${folder.id}`, { trashed: true });
	expect(await json('GET', `/drive/v3/files/${id}?fields=trashed,explicitlyTrashed`)).toEqual({
		trashed: true,
		explicitlyTrashed: false,
	});
	expect(await json('GET', '/drive/v3/about?fields=storageQuota(usage,usageInDriveTrash)')).toEqual({
		storageQuota: { usage: '7', usageInDriveTrash: '7' },
	});
	expect(await reasonOf(await call('GET', '/drive/v3/about'))).toBe('400 required');
	expect(await reasonOf(await call('GET', `/drive/v3/files?q=${encodeURIComponent("'nowhere' in parents")}`))).toBe(
		'404 notFound',
	);
	expect(emulator.units('UpdateFile')).toBe(150);
	expect(emulator.units()).toBe(2 * 50 + 150 + 5 + 2 * 5 + 100);
});

test('a full Drive and the limit of a day are refused, the latter until the next day', async () => {
	const { call } = await bench({ storageLimit: 10 * UNIT, dailyUploadLimit: 2 * UNIT });
	const begin = (size: number) =>
		call(
			'POST',
			'/upload/drive/v3/files?uploadType=resumable',
			{ name: 'a' },
			{ 'x-upload-content-length': String(size) },
		);
	expect(await reasonOf(await begin(11 * UNIT))).toBe('403 storageQuotaExceeded');
	const address = (await begin(4 * UNIT)).headers.get('location')!;
	expect((await put(address, `0-${2 * UNIT - 1}/*`, randomBytes(2 * UNIT))).status).toBe(308);
	const walled = await put(address, `${2 * UNIT}-${4 * UNIT - 1}/${4 * UNIT}`, randomBytes(2 * UNIT));
	expect(((await walled.json()) as { error: { message: string } }).error.message).toBe('User rate limit exceeded.');
	expect(await reasonOf(await begin(1))).toBe('403 userRateLimitExceeded');
	emulator.clock.advance(DAY);
	expect((await put(address, `${2 * UNIT}-${4 * UNIT - 1}/${4 * UNIT}`, randomBytes(2 * UNIT))).status).toBe(200);
	expect(emulator.sessions()).toEqual([]);
	expect(emulator.named('a')).toMatchObject([{ content: { size: 4 * UNIT } }]);
});

test('more quota units in a minute than a user has are refused until the minute is over', async () => {
	const { call } = await bench({ unitsPerMinute: 250 });
	const list = async () => (await call('GET', '/drive/v3/files')).status;
	expect([await list(), await list()]).toEqual([200, 200]);
	expect(await reasonOf(await call('GET', '/drive/v3/files'))).toBe('403 userRateLimitExceeded');
	expect((await call('GET', '/drive/v3/about?fields=kind')).status).toBe(200);
	emulator.clock.advance(60_000);
	expect(await list()).toBe(200);
});

test('faults hit the requests they are laid on', async () => {
	const { call, json } = await bench();
	const { faults } = emulator;
	const folders = () => emulator.files().length;
	const make = () => call('POST', '/drive/v3/files', { name: 'f', mimeType: FOLDER });
	faults.add({ operation: 'CreateFile', skip: 1, fault: REFUSALS.rateLimit });
	expect((await make()).status).toBe(200);
	expect(await reasonOf(await make())).toBe('403 rateLimitExceeded');
	faults.add({ operation: 'CreateFile', fault: { kind: 'cut', when: 'after' } });
	await expect(make()).rejects.toThrow();
	expect(folders()).toBe(2);
	faults.add({ operation: 'CreateFile', fault: { kind: 'cut-request', afterBytes: 1 } });
	await expect(make()).rejects.toThrow();
	expect(folders()).toBe(2);

	const content = randomBytes(2 * UNIT);
	const whole = `0-${content.length - 1}/${content.length}`;
	const send = async () => {
		const address = await start(call, { name: 'a' }, content.length, 'id,size,sha256Checksum');
		const response = await put(address, whole, content);
		return (await response.json()) as { id: string; size: string; sha256Checksum: string };
	};
	faults.add({ operation: 'UploadChunk', fault: { kind: 'wrong-checksum' } });
	const lied = await send();
	expect(lied.sha256Checksum).not.toBe(sha256(content));
	sameBytes(await emulator.content(lied.id), content);
	faults.add({ operation: 'UploadChunk', fault: { kind: 'damage-received' } });
	const damaged = await send();
	expect(damaged.sha256Checksum).toBe(sha256(await emulator.content(damaged.id)));
	expect(damaged.sha256Checksum).not.toBe(sha256(content));
	faults.add({ operation: 'UploadChunk', fault: { kind: 'damage-stored' } });
	const rotten = await send();
	expect(rotten.sha256Checksum).toBe(sha256(content));
	expect(sha256(await emulator.content(rotten.id))).not.toBe(sha256(content));
	faults.add({ operation: 'UploadChunk', fault: { kind: 'no-checksum', which: 'sha256' } });
	const { id, ...rest } = await send();
	expect(rest).toEqual({ size: String(content.length) });

	const read = async () => new Uint8Array(await (await call('GET', `/drive/v3/files/${id}?alt=media`)).arrayBuffer());
	faults.add({ operation: 'Download', fault: { kind: 'damage-answer' } });
	expect(sha256(await read())).not.toBe(sha256(content));
	faults.add({ operation: 'Download', fault: { kind: 'cut-answer', afterBytes: 1000 } });
	await expect(read()).rejects.toThrow();
	expect(sha256(await read())).toBe(sha256(content));
	faults.add({ operation: 'UploadStatus', fault: { kind: 'forget-session' } });
	const address = await start(call, { name: 'b' }, 5);
	expect((await put(address, '*/5')).status).toBe(404);
	faults.add({ operation: 'Token', fault: { kind: 'error', status: 503, reason: 'internal_failure' } });
	expect((await form('/token', { grant_type: 'refresh_token' })).status).toBe(503);
	faults.add({ operation: 'ListFiles', fault: { kind: 'web-page' } });
	await expect(json('GET', '/drive/v3/files')).rejects.toThrow('JSON');
	await emulator.goDown();
	await expect(make()).rejects.toThrow();
	await emulator.comeBack();
	expect((await make()).status).toBe(200);
});

test('as a process of its own it is driven by requests', async () => {
	await bench();
	const main = new URL('../../support/drive-emulator/main.ts', import.meta.url).pathname;
	const child = spawn(process.execPath, [main]);
	const said: Record<string, string> = {};
	for await (const line of createInterface({ input: child.stdout })) {
		const [name = '', value = ''] = line.split(/=(.*)/s);
		said[name] = value;
		if (name === 'FIRN_GDRIVE') break;
	}
	const ask = async (method: string, path: string, body?: object) => {
		const sent = body ? { body: JSON.stringify(body) } : {};
		return (await (await fetch(said.GDRIVE_ENDPOINT + path, { method, ...sent })).json()) as { status: number }[];
	};
	await ask('POST', '/-/faults', { operation: 'About', fault: REFUSALS.unavailable });
	expect((await fetch(`${said.GDRIVE_ENDPOINT}/drive/v3/about`)).status).toBe(503);
	expect(await ask('GET', '/-/log')).toMatchObject([{ operation: 'About', status: 503 }]);
	expect(await ask('POST', '/-/clock', { at: 1000 })).toMatchObject({ now: expect.closeTo(1000, -3) });
	child.kill();
	await once(child, 'exit');
});
