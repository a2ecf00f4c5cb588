import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { HttpHandler, watched } from '../../../src/destinations/s3/http-handler.ts';

/** Longer than a busy machine does nothing; where silence is what a test is about, shorter than its pauses. */
const [IDLE_MS, SILENT_MS] = [5000, 200];

let server: Server;
let handler: HttpHandler;
const sockets = new Set<Socket>();

async function serve(
	answer: (request: IncomingMessage, response: ServerResponse) => void,
	idleMs = IDLE_MS,
	env: Record<string, string> = {},
) {
	server = createServer(answer);
	server.on('connection', (socket) => sockets.add(socket));
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	handler = new HttpHandler({ connectMs: 5000, idleMs, env });
	const { port } = server.address() as AddressInfo;
	return (body?: Uint8Array, signal?: AbortSignal) =>
		handler.handle(
			{
				protocol: 'http:',
				hostname: '127.0.0.1',
				port,
				path: '/x',
				method: 'PUT',
				headers: { 'content-length': String(body?.length ?? 0) },
				body,
			},
			signal ? { abortSignal: signal } : {},
		);
}

afterEach(() => {
	handler.destroy();
	server.closeAllConnections();
	server.close();
	sockets.clear();
});

const drain = async (body: IncomingMessage) => {
	for await (const _chunk of body);
};

test('connections are used again', async () => {
	const send = await serve((request, response) => request.resume().on('end', () => response.end('ok')));
	for (let n = 0; n < 5; n++) {
		const { response } = await send(Buffer.alloc(3_000_000));
		expect(response.statusCode).toBe(200);
		await drain(response.body);
	}
	expect(sockets.size).toBe(1);
});

/** A machine may be busy for longer than SILENT_MS, but not each time. */
const BUSY = { retry: 3 };

test('a slow line is not taken for a dead one', BUSY, async () => {
	const send = await serve((request, response) => {
		// Reads for well over the idle time in all.
		request.on('data', () => {
			request.pause();
			setTimeout(() => request.resume(), 1);
		});
		request.on('end', () => response.end());
	}, 800);
	const started = performance.now();
	const { response } = await send(Buffer.alloc(60_000_000));
	await drain(response.body);
	expect(performance.now() - started).toBeGreaterThan(900);
});

test('a reader that takes its time is not taken for a dead line', BUSY, async () => {
	const send = await serve(
		(request, response) => request.resume().on('end', () => response.end(Buffer.alloc(2_000_000))),
		SILENT_MS,
	);
	const { response } = await send();
	let read = 0;
	for await (const chunk of response.body) {
		if (read === 0) await sleep(500);
		read += (chunk as Buffer).length;
	}
	expect(read).toBe(2_000_000);
});

test('silence ends a request, before and in the answer', async () => {
	const send = await serve((request, response) => {
		request.resume();
		if (request.headers['content-length'] === '1') response.write('the beginning');
	}, SILENT_MS);
	await expect(send(Buffer.alloc(2))).rejects.toMatchObject({ code: 'ETIMEDOUT' });
	const { response } = await send(Buffer.alloc(1));
	await expect(drain(response.body)).rejects.toMatchObject({ code: 'ETIMEDOUT' });
});

test('a wait for the rate limit is no silence', BUSY, async () => {
	const send = await serve((request, response) => request.resume().on('end', () => response.end()), SILENT_MS);
	const body = watched(Buffer.alloc(20_000), { pace: () => sleep(300) });
	const { response } = await send(body);
	expect(response.statusCode).toBe(200);
	await drain(response.body);
});

test('a refusal in the middle of a body is heard, and its connection given up', async () => {
	let taken = 0;
	const send = await serve((request, response) => {
		request.once('data', (chunk: Buffer) => {
			taken += chunk.length;
			request.pause();
			response.writeHead(503).end('slow down');
		});
	});
	const { response } = await send(Buffer.alloc(64_000_000));
	expect(response.statusCode).toBe(503);
	await drain(response.body);
	await sleep(50);
	expect(taken).toBeLessThan(1_000_000);
	const again = await send(Buffer.alloc(10));
	expect(again.response.statusCode).toBe(503);
	await drain(again.response.body);
	expect(sockets.size).toBe(2);
});

test('an abort ends it at once, also before it began', async () => {
	const send = await serve((request) => request.resume());
	const aborter = new AbortController();
	const reason = new Error('enough');
	setTimeout(() => aborter.abort(reason), 30);
	await expect(send(Buffer.alloc(1000), aborter.signal)).rejects.toBe(reason);
	await expect(send(Buffer.alloc(1000), aborter.signal)).rejects.toBe(reason);
});

test('a proxy of the environment is used, unless NO_PROXY names the host', async () => {
	const asked: string[] = [];
	const proxy = createServer((request, response) => {
		asked.push(request.url!);
		request.resume().on('end', () => response.end('from the proxy'));
	});
	await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
	const HTTP_PROXY = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
	const answer = (request: IncomingMessage, response: ServerResponse) =>
		void request.resume().on('end', () => response.end());
	const through = await serve(answer, IDLE_MS, { HTTP_PROXY });
	const { response } = await through(Buffer.alloc(1000));
	await drain(response.body);
	expect(asked).toEqual([expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/x$/)]);
	handler.destroy();
	server.close();
	const direct = await serve(answer, IDLE_MS, { HTTP_PROXY, NO_PROXY: '127.0.0.1' });
	await drain((await direct(Buffer.alloc(1000))).response.body);
	expect(asked).toHaveLength(1);
	proxy.closeAllConnections();
	proxy.close();
});
