import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Faults } from './faults.ts';
import type { RequestLog } from './log.ts';

/**
 * Lets another process lay faults and read the log: `GET /-/log`, `POST /-/faults` (a FaultRule as JSON), `DELETE /-/faults`.
 * @returns whether the request was meant for this
 */
export function control(request: IncomingMessage, response: ServerResponse, faults: Faults, log: RequestLog): boolean {
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
		faults.add(JSON.parse(Buffer.concat(chunks).toString('utf8')));
		done({});
	});
	return true;
}
