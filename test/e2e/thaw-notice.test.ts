/** The notice that archives out of cold storage can be read: once, as a command or an HTTP POST. */

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { type ColdHome, coldHome, HOUR, JOB } from '../support/cold-home.ts';
import { until } from '../support/firn.ts';

let firn: ColdHome;
afterEach(() => firn.closeAll());

const FILES = [
	{ path: 'a/one', size: 90_000 },
	{ path: 'b/two', size: 90_000 },
];
const ordered = () => firn.store.log.of('RestoreObject').filter(({ status }) => status < 300);
const target = () => join(firn.root, 'back');

/** A restore that takes two archives out of the cold: one after 12 hours, the other after 24. */
async function restoring(...hooks: string[]): Promise<void> {
	firn = await coldHome(FILES, { thawMs: ({ key }) => (key.includes('000001') ? 12 : 24) * HOUR });
	expect(firn.archives).toHaveLength(2);
	expect((await firn.run('jobs', 'edit', JOB, ...hooks)).code).toBe(0);
	expect((await firn.run('restore', JOB, '--target', target(), '--detach', '--yes')).code).toBe(0);
	await until('both are ordered', () => ordered().length === 2);
}

/** Passes time until the restore has ended. */
async function untilDone(): Promise<void> {
	await until('it is done', async () => {
		firn.advance(6 * HOUR);
		const ended = await firn.ask('history', { job: JOB, kinds: ['restore'], statuses: ['complete'] });
		return ended.rows.length > 0;
	});
}

test('a command is told once when all is thawed, however many engines it takes', async () => {
	const noted = join(tmpdir(), `firn-thawed-${process.pid}`);
	const told = () => (existsSync(noted) ? readFileSync(noted, 'utf8') : '');
	await restoring('--on-thaw', `echo "$FIRN_EVENT $FIRN_JOB $FIRN_ARCHIVES" >> ${noted}`);
	firn.advance(13 * HOUR);
	await until('one is read', () => firn.store.log.count('GetObject') > 0);
	expect(told()).toBe('');
	// The other one is thawed, but cannot be read for a while.
	const refusal = { kind: 'error', status: 503, code: 'SlowDown' } as const;
	firn.store.faults.add({ operation: 'GetObject', times: 100_000, fault: refusal });
	firn.advance(12 * HOUR);
	await until('it is told', () => told() !== '');
	process.kill((await firn.enginePid())!, 'SIGKILL');
	rmSync(join(firn.home, 'engine.sock'), { force: true });
	firn.store.faults.clear();
	// It knows what the store asks for.
	await firn.engine();
	await untilDone();
	expect(told()).toBe(`thaw ${JOB} 2\n`);
	rmSync(noted);
});

test('an HTTP POST is sent once when all is thawed', async () => {
	const bodies: string[] = [];
	const server = createServer((request, response) => {
		request.on('data', (data) => bodies.push(`${request.method} ${request.headers['x-firn-event']} ${data}`));
		request.on('end', () => response.end());
	}).listen(0, '127.0.0.1');
	await until('it listens', () => server.listening);
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/topic`;
	await restoring('--notify', url);
	await untilDone();
	await until('it is told', () => bodies.length > 0);
	expect(bodies).toEqual([`POST thaw 2 archives of ${JOB} can be read now.`]);
	server.close();
});
