/** The app's way to the engine, with engines that do not come up or go away. */

import { afterEach, expect, test, vi } from 'vitest';
import { FirnError } from '../../src/core/errors.ts';
import type { Channel } from '../../src/protocol/channel.ts';
import type { Action } from '../../src/tui/actions.ts';
import { EngineLink } from '../../src/tui/store/engine-link.ts';

let link: EngineLink | undefined;
afterEach(() => {
	link?.close();
	vi.useRealTimers();
});

const HELLO = { pid: 1, version: '1', protocol: 2, socket: '', hasSecrets: true };
const gone = () => Promise.reject(new FirnError('ENGINE_LOST', 'The engine has gone away.'));

/** Screens that ask for what they show whenever anything happens. */
function opened(connect: () => Promise<Channel>) {
	let tries = 0;
	const told: Action[] = [];
	link = new EngineLink({
		connect: async () => {
			tries += 1;
			return { channel: await connect(), hello: HELLO };
		},
		dispatch: (action) => {
			told.push(action);
			for (const path of ['/a', '/b']) link!.call('folders', { path } as never).catch(() => {});
		},
	});
	link.start();
	return { told, tries: () => tries };
}

test.each([
	['does not start', async () => Promise.reject(new FirnError('ENGINE_NOT_STARTED', 'It does not.'))],
	['goes away at once', async () => ({ call: gone, follow: gone, close: () => {} })],
])('an engine that %s is tried for seldom, however often screens ask', async (_, connect) => {
	vi.useFakeTimers();
	const { told, tries } = opened(connect as () => Promise<Channel>);
	await vi.advanceTimersByTimeAsync(16_000);
	expect(tries()).toBeGreaterThan(2);
	expect(tries()).toBeLessThanOrEqual(17);
	expect(told.length).toBeLessThanOrEqual(40);
	expect(told.at(-1)).toMatchObject({ type: 'engine', engine: { state: 'lost' } });
	link!.close();
	await vi.advanceTimersByTimeAsync(60_000);
	expect(tries()).toBeLessThanOrEqual(17);
});

test('an engine that comes back is used again', async () => {
	vi.useFakeTimers();
	let isUp = false;
	const call = (method: string) => Promise.resolve(method === 'jobs' ? { jobs: [] } : { tasks: [] });
	const up = { call, follow: gone, close: () => {} } as unknown as Channel;
	const { told } = opened(async () => (isUp ? up : gone()));
	await vi.advanceTimersByTimeAsync(3000);
	await expect(link!.call('status', {})).rejects.toMatchObject({ code: 'ENGINE_LOST' });
	isUp = true;
	await vi.advanceTimersByTimeAsync(10_000);
	expect(await link!.call('status', {})).toEqual({ tasks: [] });
	expect(told.at(-1)).toMatchObject({ type: 'tasks' });
});
