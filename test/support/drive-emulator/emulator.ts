/** Google Drive and its sign-in for tests: the real protocol over loopback, faults on demand, a log of what was asked. */

import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DiskBlobs, MemoryBlobs } from '../s3-simulator/blobs.ts';
import { MovableClock } from '../s3-simulator/clock.ts';
import { listen, stop } from '../store-server/listen.ts';
import { answer } from './answer.ts';
import type { Settings } from './call.ts';
import { control } from './control.ts';
import { Faults } from './faults.ts';
import { RequestLog } from './log.ts';
import { Accounts, type OAuthClient } from './oauth/accounts.ts';
import { decide } from './oauth/device.ts';
import { State } from './state.ts';
import { type DriveFile, WEEK } from './types.ts';
import { unitsOf } from './units.ts';
import { flipped } from './upload/receive.ts';

export interface EmulatorOptions extends Partial<Settings> {
	/** 0 takes any free port. */
	port?: number;
	/** Keeps the bytes of files here; in memory when left out. */
	dir?: string;
	/** The machine's clock as the store sees it; its own (`clock`) goes with this one until it is moved. */
	now?: () => number;
	/** What the ready sign-in names as its folder for upload sessions; one of its own that `close` removes when left out. */
	sessionsFolder?: string;
}

/** A sign-in as openDestination takes it. */
export interface ReadySignIn {
	clientId: string;
	clientSecret: string;
	refreshToken: string;
	/** 32 bytes in base64. */
	sessionKey: string;
	sessionsFolder: string;
}

export interface DriveEmulator {
	readonly endpoint: string;
	readonly port: number;
	/** For openDestination or a child process: a sign-in of the client `tv`. */
	readonly env: { FIRN_GDRIVE: string };
	/** `tv` and `desktop` are of one Cloud project and see the same files; `other` is a program of somebody else. */
	readonly clients: { tv: OAuthClient; desktop: OAuthClient; other: OAuthClient };
	readonly faults: Faults;
	readonly log: RequestLog;
	readonly state: State;
	/** The store's clock: tokens, codes, sessions and the days of the upload limit go by it. */
	readonly clock: MovableClock;
	/** May be changed while it runs. */
	readonly settings: Settings;
	/** A new sign-in without the play of a flow. */
	signIn(client?: OAuthClient): ReadySignIn;
	/** The user types the code of the device flow and agrees, or does not. @throws when no such code waits */
	approve(userCode: string): void;
	deny(userCode: string): void;
	/** The user withdraws the grant in their Google account: all tokens end. */
	revoke(): void;
	/** All access tokens end; refresh tokens stay. */
	expireAccess(): void;
	/** All files and folders, also of other clients and in the trash. */
	files(): DriveFile[];
	/** Those with a name, in any folder. */
	named(name: string): DriveFile[];
	/** The stored bytes. @throws when there is no such file */
	content(id: string): Promise<Buffer>;
	/** Flips a bit of the stored bytes, as a rotten disk would: size and checksums stay. */
	damage(id: string): Promise<void>;
	/** Upload sessions that are neither finished nor given up nor a week old. */
	sessions(): { number: number; persisted: number; total: number | undefined }[];
	/** Quota units of all requests, or of one operation. */
	units(operation?: string): number;
	/** Stops listening and cuts all connections; `comeBack` goes on at the same port. Files, tokens and sessions stay. */
	goDown(): Promise<void>;
	comeBack(): Promise<void>;
	close(): Promise<void>;
}

export async function startDriveEmulator(options: EmulatorOptions = {}): Promise<DriveEmulator> {
	const { port: wantedPort = 0, dir, now, sessionsFolder: givenFolder, ...turned } = options;
	const settings: Settings = { ...GOOGLE, ...turned };
	const clock = new MovableClock(now ?? Date.now);
	const blobs = dir === undefined ? new MemoryBlobs() : new DiskBlobs(join(dir, 'blobs'));
	const state = new State(blobs);
	const clients = { tv: client('tv', 'firn'), desktop: client('desktop', 'firn'), other: client('tv', 'other') };
	const accounts = new Accounts(Object.values(clients), clock);
	const faults = new Faults();
	const log = new RequestLog();
	const sessionsFolder = givenFolder ?? (await mkdtemp(join(tmpdir(), 'firn-drive-')));

	let base = '';
	const handle = (request: IncomingMessage, response: ServerResponse) => {
		if (control(request, response, emulator)) return;
		void answer(request, response, { base, settings, state, accounts, clock, faults, log });
	};
	let server = await listen(handle, wantedPort);
	const { port } = server.address() as AddressInfo;
	base = `http://127.0.0.1:${port}`;

	const fileOf = (id: string) => {
		const file = state.files.get(id);
		if (!file) throw new Error(`the emulator has no file ${id}`);
		return file;
	};
	const content = async (id: string) => {
		const stored = fileOf(id).content;
		const chunks: Uint8Array[] = [];
		if (stored?.blob) for await (const chunk of blobs.read(stored.blob, 0, stored.size)) chunks.push(chunk);
		return Buffer.concat(chunks);
	};
	const signIn = (by = clients.tv): ReadySignIn => ({
		clientId: by.id,
		clientSecret: by.secret,
		refreshToken: accounts.grant(by, settings.testing),
		sessionKey: randomBytes(32).toString('base64'),
		sessionsFolder,
	});
	const emulator: DriveEmulator = {
		endpoint: base,
		port,
		env: { FIRN_GDRIVE: JSON.stringify(signIn()) },
		clients,
		faults,
		log,
		state,
		clock,
		settings,
		signIn,
		approve: (userCode) => decide(accounts, userCode, 'allowed'),
		deny: (userCode) => decide(accounts, userCode, 'denied'),
		revoke: () => void accounts.revoke(undefined),
		expireAccess: () => accounts.expireAccess(),
		files: () => [...state.files.values()],
		named: (name) => [...state.files.values()].filter((file) => file.name === name),
		content,
		damage: async (id) => {
			const bytes = flipped(await content(id));
			const file = fileOf(id);
			if (!file.content?.blob) throw new Error(`the file ${id} has no bytes to damage`);
			const writer = blobs.create();
			writer.write(bytes);
			blobs.remove(file.content.blob);
			file.content.blob = writer.end();
		},
		sessions: () => openSessions(state, clock.now()),
		units: (operation) => unitsOf(log, operation),
		goDown: () => stop(server),
		comeBack: async () => {
			server = await listen(handle, port);
		},
		close: async () => {
			await stop(server);
			if (givenFolder === undefined) await rm(sessionsFolder, { recursive: true, force: true });
		},
	};
	return emulator;
}

/** As a free account of Google's behaves. */
const GOOGLE: Settings = {
	maxPageSize: 1000,
	storageLimit: 15 * 1024 ** 3,
	refusesFull: 'chunk',
	dailyUploadLimit: 750_000_000_000,
	unitsPerMinute: Number.POSITIVE_INFINITY,
	consent: 'ask',
	pollSeconds: 5,
	rotates: false,
	testing: false,
	oddChunks: 'refused',
};

const client = (type: OAuthClient['type'], project: string): OAuthClient => ({
	id: `${randomBytes(8).toString('hex')}-${project}-${type}.apps.googleusercontent.com`,
	secret: `GOCSPX-${randomBytes(15).toString('base64url')}`,
	type,
	project,
});

function openSessions(state: State, now: number) {
	return [...state.sessions.values()]
		.filter((session) => session.finished === undefined && now - session.begun < WEEK)
		.map(({ number, persisted, total }) => ({ number, persisted, total }));
}
