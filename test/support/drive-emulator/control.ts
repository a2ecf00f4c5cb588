import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DriveEmulator } from './emulator.ts';

/**
 * Lets another process lay faults, read the log, move the clock and play the user: `GET /-/log`, `GET /-/files`,
 * `POST /-/faults` (a FaultRule as JSON), `DELETE /-/faults`, `POST /-/clock` (`{"advance": ms}` or `{"at": ms since 1970}`),
 * `POST /-/settings` (such as `{"storageLimit": bytes}`), `POST /-/approve` and `/-/deny` (`{"code": …}`), `POST /-/revoke`.
 * @returns whether the request was meant for this
 */
export function control(request: IncomingMessage, response: ServerResponse, emulator: DriveEmulator): boolean {
	if (!request.url?.startsWith('/-/')) return false;
	const chunks: Buffer[] = [];
	request.on('data', (chunk: Buffer) => chunks.push(chunk));
	request.on('end', () => {
		try {
			const said: Said = chunks.length === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString('utf8'));
			response.end(JSON.stringify(done(`${request.method} ${request.url}`, said, emulator) ?? {}));
		} catch (error) {
			response.writeHead(400).end(`${error}\n`);
		}
	});
	return true;
}

/** What one of the requests brings. */
// biome-ignore lint/suspicious/noExplicitAny: whoever tries by hand writes it
type Said = any;

function done(what: string, said: Said, emulator: DriveEmulator): unknown {
	switch (what) {
		case 'GET /-/log':
			return emulator.log.entries;
		case 'GET /-/files':
			return emulator.files();
		case 'POST /-/faults':
			return void emulator.faults.add(said);
		case 'DELETE /-/faults':
			return emulator.faults.clear();
		case 'POST /-/clock':
			emulator.clock.move(said);
			return { now: emulator.clock.now() };
		case 'POST /-/approve':
			return emulator.approve(said.code);
		case 'POST /-/deny':
			return emulator.deny(said.code);
		case 'POST /-/settings':
			return Object.assign(emulator.settings, said);
		case 'POST /-/revoke':
			return emulator.revoke();
		default:
			throw new Error(`nothing to do for ${what}`);
	}
}
