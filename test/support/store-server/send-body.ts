/** The body of an answer, at the pace of whoever reads it, and whole or cut off. */

import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a login page of a hotel answers to everything. */
export const WEB_PAGE = '<!DOCTYPE html><html><body>Welcome! Please log in.</body></html>';

/** The fault that cuts an answer off. */
interface Cut {
	kind: string;
	afterBytes?: number;
}

/** Sends a body to its end, or cuts the connection after so many bytes of it; `log` counts what went out. */
export async function sendBody(
	response: ServerResponse,
	body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
	fault: Cut | undefined,
	log: { bytesOut: number },
): Promise<void> {
	const limit = (fault?.kind === 'cut-answer' ? fault.afterBytes : undefined) ?? Number.POSITIVE_INFINITY;
	let sent = 0;
	for await (const chunk of body) {
		const piece = chunk.subarray(0, limit - sent);
		sent += piece.length;
		log.bytesOut += piece.length;
		if (response.destroyed) return;
		if (!response.write(piece)) await new Promise<void>((resolve) => wake(response, resolve));
		if (sent >= limit) {
			// What was written must go out before the connection is cut.
			await sleep(20);
			response.destroy();
			return;
		}
	}
	response.end();
}

function wake(response: ServerResponse, resolve: () => void): void {
	const done = () => {
		response.off('drain', done);
		response.off('close', done);
		resolve();
	};
	response.on('drain', done);
	response.on('close', done);
}
