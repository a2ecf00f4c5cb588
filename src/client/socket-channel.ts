import { connect, type Socket } from 'node:net';
import { FirnError, usageError } from '../core/errors.ts';
import type { Channel, TaskListener } from '../protocol/channel.ts';
import { type Method, type Params, PROTOCOL, type Results, type ServerMessage } from '../protocol/contract.ts';
import { encodeMessage, MessageReader } from '../protocol/framing.ts';

interface Waiting {
	resolve: (result: never) => void;
	reject: (error: Error) => void;
}

/** The channel over a connected socket. */
export class SocketChannel implements Channel {
	readonly #socket: Socket;
	readonly #reader = new MessageReader();
	readonly #waiting = new Map<number, Waiting>();
	readonly #listeners = new Map<string, TaskListener>();
	#next = 1;

	constructor(socket: Socket) {
		this.#socket = socket;
		socket.on('data', (chunk: Buffer) => {
			try {
				for (const message of this.#reader.push(chunk)) this.#receive(message as ServerMessage);
			} catch {
				// Whoever is there does not speak our protocol.
				socket.destroy();
			}
		});
		socket.on('error', () => {});
		socket.on('close', () => this.#lost());
	}

	call<M extends Method>(method: M, params: Params<M>): Promise<Results[M]> {
		const id = this.#next++;
		if (this.#socket.destroyed) return Promise.reject(lost());
		return new Promise((resolve, reject) => {
			this.#waiting.set(id, { resolve, reject });
			this.#socket.write(encodeMessage({ id, method, params }));
		});
	}

	async follow(task: string, listener: TaskListener): Promise<Results['follow']> {
		this.#listeners.set(task, listener);
		return this.call('follow', { task });
	}

	close(): void {
		this.#socket.destroy();
	}

	/** Resolves when the other side is gone: the kernel closes the socket when the engine's process ends. */
	ended(): Promise<void> {
		return new Promise((resolve) => {
			if (this.#socket.destroyed) resolve();
			else this.#socket.once('close', () => resolve());
		});
	}

	#receive(message: ServerMessage): void {
		if ('id' in message) {
			const waiting = this.#waiting.get(message.id);
			this.#waiting.delete(message.id);
			if ('error' in message) waiting?.reject(FirnError.fromPlain(message.error));
			else waiting?.resolve(message.result as never);
			return;
		}
		const listener = this.#listeners.get(message.task);
		if ('progress' in message) listener?.progress(message.progress, message.state);
		else if ('event' in message) listener?.event(message.event);
		else {
			this.#listeners.delete(message.task);
			listener?.done(message.done);
		}
	}

	#lost(): void {
		const error = lost();
		for (const { reject } of this.#waiting.values()) reject(error);
		this.#waiting.clear();
		for (const listener of this.#listeners.values()) {
			listener.done({
				status: 'failed',
				run: '',
				files: 0,
				bytes: 0,
				archives: 0,
				errors: 1,
				details: {},
				error: error.toPlain(),
			});
		}
		this.#listeners.clear();
	}
}

function lost(): FirnError {
	return new FirnError('ENGINE_LOST', 'The engine has gone away.', {
		guidance: 'firn status starts it again and shows what can be resumed.',
		retry: 'later',
	});
}

/** Linux allows 107 bytes, macOS 103. */
const LONGEST_SOCKET = 100;

/**
 * Connects to the engine's socket, or gives undefined when nobody listens there.
 * @throws FirnError SOCKET_PATH_TOO_LONG, ENGINE_UNREACHABLE
 */
export async function tryConnect(socketFile: string): Promise<SocketChannel | undefined> {
	if (Buffer.byteLength(socketFile) > LONGEST_SOCKET) {
		throw usageError(
			'SOCKET_PATH_TOO_LONG',
			`The engine's socket ${socketFile} has a path of more than ${LONGEST_SOCKET} bytes.`,
			'Choose a shorter folder with --home or FIRN_HOME.',
		);
	}
	return new Promise((resolve, reject) => {
		const socket = connect(socketFile);
		const onError = (error: NodeJS.ErrnoException) => {
			if (['ENOENT', 'ENOTDIR', 'ECONNREFUSED'].includes(error.code ?? '')) resolve(undefined);
			else reject(unreachable(socketFile, error));
		};
		socket.once('error', onError);
		socket.once('connect', () => {
			socket.off('error', onError);
			resolve(new SocketChannel(socket));
		});
	});
}

function unreachable(socketFile: string, error: NodeJS.ErrnoException): FirnError {
	return new FirnError('ENGINE_UNREACHABLE', `The engine's socket ${socketFile} cannot be used (${error.code}).`, {
		guidance: 'Call firn as the user that this folder belongs to, or choose another one with --home.',
		kind: 'usage',
		cause: error,
	});
}

/** Greets the engine. @throws FirnError PROTOCOL_MISMATCH; a run that goes on is not touched */
export async function greet(channel: Channel): Promise<Results['hello']> {
	const hello = await channel.call('hello', { protocol: PROTOCOL });
	if (hello.protocol === PROTOCOL) return hello;
	throw new FirnError(
		'PROTOCOL_MISMATCH',
		`The engine (pid ${hello.pid}, version ${hello.version}) speaks protocol ${hello.protocol}, this firn speaks ${PROTOCOL}.`,
		{ guidance: 'Let its runs finish, then firn engine stop with the version that started it.', kind: 'usage' },
	);
}
