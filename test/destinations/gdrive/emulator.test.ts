/** The emulator of Drive itself, asked by plain fetch and by Google's own library for tokens. */

import { createHash, randomBytes } from 'node:crypto';
import { OAuth2Client } from 'google-auth-library';
import { afterEach, expect, test } from 'vitest';
import {
	type DriveEmulator,
	type EmulatorOptions,
	type ReadySignIn,
	startDriveEmulator,
} from '../../support/drive-emulator/emulator.ts';
import { FOLDER, SCOPE, UNIT, WEEK } from '../../support/drive-emulator/types.ts';

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
	expect(await emulator.content(ids[0]!)).toEqual(content);
	expect(emulator.log.of('UploadChunk').some((entry) => entry.authorized)).toBe(false);

	const again = await call('POST', '/upload/drive/v3/files?uploadType=resumable', about);
	expect(await reasonOf(again)).toBe('409 fileIdInUse');
	const late = await start(call, { name: 'late' }, 5);
	emulator.clock.advance(WEEK);
	expect((await put(late, '*/5')).status).toBe(404);
	expect(JSON.stringify(emulator.log.entries)).not.toContain(new URL(address).searchParams.get('upload_id'));
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
