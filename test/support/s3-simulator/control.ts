import type { IncomingMessage, ServerResponse } from 'node:http';
import type { MovableClock } from './clock.ts';
import type { Faults } from './faults.ts';
import type { RequestLog } from './log.ts';

/**
 * Lets another process lay faults, read the log and move the clock: `GET /-/log`, `POST /-/faults` (a FaultRule as JSON),
 * `DELETE /-/faults`, `POST /-/clock` (`{"advance": ms}` or `{"at": ms since 1970}`).
 * @returns whether the request was meant for this
 */
export function control(
	request: IncomingMessage,
	response: ServerResponse,
	faults: Faults,
	log: RequestLog,
	clock: MovableClock,
): boolean {
	if (!request.url?.startsWith('/-/')) return false;
	const done = (body: unknown) => response.end(JSON.stringify(body));
	if (request.url === '/-/log') {
		done(log.entries);
		return true;
	}
	if (request.method === 'DELETE') {
		faults.clear();
		done({});
		return true;
	}
	const chunks: Buffer[] = [];
	request.on('data', (chunk: Buffer) => chunks.push(chunk));
	request.on('end', () => {
		const said = JSON.parse(Buffer.concat(chunks).toString('utf8'));
		if (request.url === '/-/clock') clock.move(said);
		else faults.add(said);
		done({ now: clock.now() });
	});
	return true;
}
