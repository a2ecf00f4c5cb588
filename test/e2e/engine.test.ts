/** The engine as people meet it: real processes that are killed, hung, raced and stopped. */

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { encodeMessage, MessageReader } from '../../src/protocol/framing.ts';
import { type FirnHome, firnHome, unlimit, until } from '../support/firn.ts';

const MiB = 1024 * 1024;

let firn: FirnHome;
beforeEach(() => {
	firn = firnHome();
});
afterEach(() => firn.close());

const at = (...names: string[]) => join(firn.root, ...names);

function source(bytes: number): string {
	mkdirSync(at('src'), { recursive: true });
	for (let number = 0; number * MiB < bytes; number++) {
		writeFileSync(at('src', `f${number}`), randomBytes(Math.min(MiB, bytes - number * MiB)));
	}
	return at('src');
}

/** Arguments of a run that takes about `seconds`, in small parts. */
function slowRun(seconds: number): string[] {
	const bytes = 8 * MiB;
	const rate = Math.round(bytes / seconds);
	const how = ['--part-size', '256KiB', '--workers', '1', '--limit-upload', String(rate)];
	return ['backup', source(bytes), '--to', at('dest'), '--job', 'slow', ...how];
}

/** Takes the brake off while it goes on, and waits for its end. */
async function letGo(): Promise<Record<string, unknown>> {
	await firn.run('limit', 'slow', '--upload', 'off');
	return firn.task('slow', (task) => task.state === 'done');
}

const uploaded = (task: Record<string, unknown>) =>
	Number((task.progress as { uploadedBytes?: number } | undefined)?.uploadedBytes ?? 0);
const underWay = (task: Record<string, unknown>) => task.state === 'running' && uploaded(task) > 0;

describe('starting', () => {
	test('clients that race start one engine', async () => {
		const all = await Promise.all([1, 2, 3, 4].map(() => firn.run('--json', 'engine', 'start')));
		expect(all.map(({ code, err }) => ({ code, err }))).toEqual(all.map(() => ({ code: 0, err: '' })));
		const pids = new Set(all.map(({ records }) => records[0]!.pid));
		expect(pids.size).toBe(1);
		expect(await firn.enginePid()).toBe([...pids][0]);
	});

	test('an engine that has backed up its own folder is still the only one', async () => {
		const run = await firn.run('backup', firn.home, source(MiB), '--to', at('dest'), '--job', 'all');
		expect([run.code, run.err]).toEqual([0, '']);
		const shown = (await firn.run('--json', 'show', 'all')).out;
		expect(shown).toContain('config.json');
		expect(shown).not.toContain('engine.lock');
		const pid = await firn.enginePid();
		const second = await firn.run('--json', 'engine', 'start', '--foreground');
		expect([second.code, second.records]).toEqual([2, [expect.objectContaining({ code: 'ENGINE_RUNNING' })]]);
		expect(await firn.enginePid()).toBe(pid);
	});

	test('a stale socket and a stale lock are no obstacle', async () => {
		mkdirSync(firn.home, { recursive: true });
		const left = createServer();
		// Killed, as it were: the socket file stays.
		const script = `require('net').createServer().listen(${JSON.stringify(join(firn.home, 'engine.sock'))}, () => process.kill(process.pid, 'SIGKILL'))`;
		await new Promise((resolve) => spawn(process.execPath, ['-e', script]).on('close', resolve));
		left.close();
		writeFileSync(join(firn.home, 'engine.lock'), '1');
		expect(existsSync(join(firn.home, 'engine.sock'))).toBe(true);
		expect(await firn.run('status')).toMatchObject({ code: 0, err: '', out: 'Nothing is going on.\n' });
	});

	test('the socket is 0600 in a 0700 folder, and so is all that is private', async () => {
		mkdirSync(at('src'));
		await firn.run('backup', at('src'), '--to', at('dest'));
		const mode = (name: string) => (statSync(join(firn.home, name)).mode & 0o777).toString(8);
		for (const name of ['', 'state', 'secrets', 'log']) expect([name, mode(name)]).toEqual([name, '700']);
		const files = ['engine.sock', 'config.json', 'secrets/identity.txt', 'log/engine.log', 'state/src.sqlite3'];
		for (const name of files) expect([name, mode(name)]).toEqual([name, '600']);
	});

	test('a path too long for a socket is refused with a remedy', async () => {
		const home = at('x'.repeat(110));
		const { code, err } = await firn.run('--home', home, 'status');
		expect(code).toBe(2);
		expect(err).toMatch(/^error: The engine's socket .* has a path of more than 100 bytes\.\n {7}Choose a shorter/);
		expect(existsSync(home)).toBe(false);
	});

	test('an engine that cannot start is an error at once', async () => {
		mkdirSync(join(firn.home, 'engine.lock'), { recursive: true });
		const { code, err } = await firn.run('status');
		expect(code).toBe(1);
		expect(err).toMatch(/^error: The engine could not start\.\n {7}What it said is in .*engine\.out\.\n$/);
		rmSync(join(firn.home, 'engine.lock'), { recursive: true });
	});

	test('an engine of another version is refused, and goes on', async () => {
		mkdirSync(firn.home);
		// A later engine: it answers hello with another protocol.
		const other = createServer((socket) => {
			const reader = new MessageReader();
			socket.on('data', (chunk: Buffer) => {
				for (const message of reader.push(chunk)) {
					const { id } = message as { id: number };
					socket.write(encodeMessage({ id, result: { protocol: 99, version: '9.9.9', pid: 4321, socket: '' } }));
				}
			});
		});
		await new Promise<void>((resolve) => other.listen(join(firn.home, 'engine.sock'), resolve));
		const { code, err } = await firn.run('status');
		other.close();
		expect(code).toBe(2);
		expect(err).toMatch(
			/^error: The engine \(pid 4321, version 9\.9\.9\) speaks protocol 99, this firn speaks \d+\.\n {7}\S/,
		);
	});

	test('what is not its protocol does not disturb the engine', async () => {
		await firn.run('engine', 'start');
		const pid = await firn.enginePid();
		const junk = [
			Buffer.from('GET / HTTP/1.1\r\n\r\n'),
			randomBytes(4096),
			...[null, 7, [], {}, { id: 1 }, { id: 1, method: 'status', params: {} }].map(encodeMessage),
			...['__proto__', 'constructor', 'nope'].map((method) => encodeMessage({ id: 1, method, params: {} })),
			encodeMessage({ id: 1, method: 'hello', params: { protocol: 'one' } }),
		];
		for (const bytes of junk) {
			await new Promise<void>((resolve) => {
				const socket = connect(join(firn.home, 'engine.sock'), () => socket.end(bytes));
				socket.resume().on('close', () => resolve());
				socket.on('error', () => {});
			});
		}
		expect(await firn.enginePid()).toBe(pid);
	});

	test('the engine leaves when it is idle, its socket with it, and status and stop say so', async () => {
		firn.env.FIRN_ENGINE_IDLE_MS = '300';
		await firn.run('engine', 'start');
		await until('the engine has left', () => !existsSync(join(firn.home, 'engine.sock')));
		expect((await firn.run('engine', 'status')).out).toBe(
			'The engine is not running; it starts by itself when it is needed.\n',
		);
		expect(await firn.run('engine', 'stop')).toMatchObject({ code: 0, out: 'The engine is not running.\n' });
		expect(await firn.run('--json', 'engine', 'status')).toMatchObject({ code: 0, out: '' });
		expect(readdirSync(firn.home).sort()).toEqual(['engine.lock', 'log']);
	});
});

describe('a run outlives its client', () => {
	test.each(['SIGKILL', 'SIGHUP', 'SIGTERM'] as const)('%s', async (signal) => {
		const client = firn.begin(slowRun(30));
		await client.said('Job slow');
		client.child.kill(signal);
		await client.ended;
		expect(await firn.task('slow', (task) => task.state === 'running')).toBeDefined();
		const { summary } = await letGo();
		expect(summary).toMatchObject({ status: 'complete', files: 8 });
	});

	test('ctrl-c detaches, says so and exits with 130', async () => {
		const client = firn.begin(slowRun(30));
		await client.said('Job slow');
		client.child.kill('SIGINT');
		const { code, out } = await client.ended;
		expect(code).toBe(130);
		expect(out).toContain('The run goes on. firn status shows it, firn stop slow stops it.\n');
		await letGo();
	});

	test('ctrl-c in the terminal does not reach the engine', async () => {
		// A terminal sends the signal to its whole process group.
		const client = firn.begin(slowRun(30), { detached: true });
		await client.said('Job slow');
		process.kill(-client.pid, 'SIGINT');
		expect((await client.ended).code).toBe(130);
		await letGo();
	});

	test('--detach comes back at once', async () => {
		const { code, out } = await firn.run(...slowRun(30), '--detach');
		expect(code).toBe(0);
		expect(out).toMatch(
			/The run of slow goes on in the background\. firn status shows it, firn stop slow stops it\.\n$/,
		);
		expect(await firn.task('slow', underWay)).toBeDefined();
	});

	test('a client that hangs does not slow it down', async () => {
		const client = firn.begin(['--json', ...slowRun(30)]);
		await client.said('"event":"run"');
		client.child.kill('SIGSTOP');
		await letGo();
		client.child.kill('SIGCONT');
		const { code, records } = await client.ended;
		expect(code).toBe(0);
		expect(records.at(-1)).toMatchObject({ event: 'summary', status: 'complete' });
	});

	test('the engine that dies while it is followed is an error with a remedy', async () => {
		const client = firn.begin(['--json', ...slowRun(30)]);
		await client.said('"event":"run"');
		process.kill((await firn.enginePid())!, 'SIGKILL');
		const { code, err, records } = await client.ended;
		expect(code).toBe(1);
		expect(err).toBe(
			'error: The engine has gone away.\n       firn status starts it again and shows what can be resumed.\n',
		);
		expect(records.filter(({ event }) => event === 'error')).toMatchObject([{ code: 'ENGINE_LOST' }]);
		expect(records.at(-1)).toMatchObject({ event: 'summary', status: 'failed' });
	});
});

describe('stopping and going on', () => {
	test('stop, then resume goes on with what is stored', async () => {
		await firn.run(...slowRun(30), '--detach');
		await firn.task('slow', underWay);
		const busy = await firn.run('backup', 'slow');
		expect(busy).toMatchObject({ code: 2 });
		expect(busy.err).toBe(
			'error: A backup of job slow is running already.\n       firn status shows it, firn stop slow stops it.\n',
		);
		const stopped = await firn.run('stop', 'slow');
		expect(stopped).toMatchObject({ code: 0, err: '', out: 'slow is stopped. firn resume slow goes on with it.\n' });
		const [task] = (await firn.run('--json', 'status')).records;
		expect(task).toMatchObject({ job: 'slow', kind: 'backup', state: 'paused' });
		expect(String(task!.reason)).toContain('firn resume slow');

		const again = await firn.run('stop', 'slow');
		expect(again).toMatchObject({ code: 2, out: '' });
		expect(again.err).toMatch(/^error: Nothing of job slow is running\.\n/);

		unlimit(firn);
		const resumed = await firn.run('--json', 'resume');
		expect(resumed.code).toBe(0);
		expect(resumed.records[0]).toMatchObject({ event: 'run', resumed: true });
		const summary = resumed.records.at(-1)!;
		expect(summary).toMatchObject({ event: 'summary', status: 'complete', files: 8, archives: 1 });
		expect(Number(summary.reusedBytes)).toBeGreaterThan(0);
		expect(Number(summary.reusedBytes) + Number(summary.uploadedBytes)).toBeLessThan(9 * MiB);
		expect((await firn.run('resume')).code).toBe(2);
	});

	test('after kill -9 of the engine status says what to do, and resume says what it reuses', async () => {
		await firn.run(...slowRun(20), '--detach');
		await firn.task('slow', (task) => uploaded(task) > MiB / 2);
		process.kill((await firn.enginePid())!, 'SIGKILL');
		const status = await firn.run('status');
		expect(status.out).toMatch(/slow +backup +paused .*interrupted; firn resume slow goes on with it\n$/);
		unlimit(firn);
		const resumed = await firn.run('resume', 'slow');
		expect(resumed.code).toBe(0);
		expect(resumed.out).toMatch(/Going on with 1 archive; \d+ parts?, [\d.]+ [KM]iB are there already\.\n/);
		expect(resumed.out).toMatch(/Snapshot 1 complete: 8 files/);
		expect(readdirSync(at('dest', '.firn-partial'))).toEqual([]);
	});

	test('engine stop brings a run to a safe point, and waits until the engine is gone', async () => {
		const client = firn.begin(slowRun(30));
		await client.said('Job slow');
		await firn.task('slow', underWay);
		const pid = await firn.enginePid();
		const { code, out } = await firn.run('engine', 'stop');
		expect({ code, out }).toEqual({ code: 0, out: 'The engine has stopped; firn resume goes on with what it did.\n' });
		expect(existsSync(`/proc/${pid}/fd/0`)).toBe(false);
		const followed = await client.ended;
		expect(followed.code).toBe(130);
		expect(followed.out).toMatch(/Stopped\. firn resume slow goes on with it\.\n$/);
		unlimit(firn);
		expect((await firn.run('resume', 'slow')).code).toBe(0);
	});

	test('a client that comes while the engine leaves is served by the next one', async () => {
		await firn.run(...slowRun(30), '--detach');
		await firn.task('slow', underWay);
		const stop = firn.run('engine', 'stop');
		const answers = [];
		for (let number = 0; number < 5; number++) {
			answers.push(await firn.run('--json', 'jobs'));
			await sleep(20);
		}
		await stop;
		expect(answers.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
	});
});

test('no secret shows in arguments, logs, config or state database', async () => {
	const secret = 'hush/hush+secretAccessKey1234567890';
	firn.env.AWS_SECRET_ACCESS_KEY = secret;
	firn.env.AWS_ACCESS_KEY_ID = 'AKIDHUSHHUSH';
	firn.env.AWS_SESSION_TOKEN = 'hush-session-token';
	await firn.run(...slowRun(30), '--detach');
	await firn.task('slow', underWay);
	const pid = (await firn.enginePid())!;
	const environment = readFileSync(`/proc/${pid}/environ`, 'latin1');
	const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'latin1');
	await letGo();
	const { out: exported } = await firn.run('key', 'export');
	const identity = /AGE-SECRET-KEY-\S+/.exec(exported)![0];
	await firn.run('engine', 'stop');
	const written = (readdirSync(firn.home, { recursive: true, encoding: 'utf8' }) as string[])
		.filter((name) => !name.startsWith('secrets') && statSync(join(firn.home, name)).isFile())
		.map((name) => [name, readFileSync(join(firn.home, name), 'latin1')] as const);
	expect(written.length).toBeGreaterThan(3);
	for (const [where, text] of [['environ', environment] as const, ['cmdline', commandLine] as const, ...written]) {
		for (const hidden of [secret, 'AKIDHUSHHUSH', 'hush-session-token', identity]) {
			expect([where, text.includes(hidden)]).toEqual([where, false]);
		}
	}
});
