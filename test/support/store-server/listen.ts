/** The loopback server that both simulated stores are. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** @param port 0 for any that is free */
export async function listen(
	handle: (request: IncomingMessage, response: ServerResponse) => void,
	port: number,
): Promise<Server> {
	const server = createServer({ keepAliveTimeout: 30_000 }, handle);
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, '127.0.0.1', resolve);
	});
	return server;
}

/** Stops listening and cuts all connections. */
export async function stop(server: Server): Promise<void> {
	if (!server.listening) return;
	const closed = new Promise<void>((resolve) => server.close(() => resolve()));
	server.closeAllConnections();
	await closed;
}
