/** What the machine can do at most, with the same building blocks and nothing around them. */

import { createCipheriv, createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { Agent, request } from 'node:http';
import type { Figures } from './measure.ts';

const PART = 16 * 1024 * 1024;
const CHUNK = 64 * 1024;

export const limits = {
	/** PUTs of 16 MiB, four at a time. */
	async put(endpoint: string, size: number): Promise<Figures> {
		const body = Buffer.alloc(PART, 7);
		const agent = new Agent({ keepAlive: true, maxSockets: 4 });
		const started = performance.now();
		let left = Math.ceil(size / PART);
		const lane = async () => {
			while (left-- > 0) {
				await new Promise<void>((resolve, reject) => {
					const sent = request(
						`${endpoint}/bucket/limit`,
						{ method: 'PUT', agent, headers: { 'content-length': PART } },
						(answer) => {
							answer.resume();
							answer.on('end', resolve);
						},
					);
					sent.on('error', reject);
					sent.end(body);
				});
			}
		};
		await Promise.all([lane(), lane(), lane(), lane()]);
		agent.destroy();
		return { seconds: (performance.now() - started) / 1000 };
	},

	/** One thread. */
	async readHashSeal(file: string): Promise<Figures> {
		const started = performance.now();
		const fd = openSync(file, 'r');
		const buffer = Buffer.allocUnsafe(CHUNK);
		const digest = createHash('sha256');
		const key = Buffer.alloc(32, 1);
		const nonce = Buffer.alloc(12);
		for (let chunk = 0, read = 1; read > 0; chunk++) {
			read = readSync(fd, buffer, 0, CHUNK, null);
			digest.update(buffer.subarray(0, read));
			nonce.writeUInt32BE(chunk, 8);
			const cipher = createCipheriv('chacha20-poly1305', key, nonce, { authTagLength: 16 });
			cipher.update(buffer.subarray(0, read));
			cipher.final();
		}
		closeSync(fd);
		return { seconds: (performance.now() - started) / 1000 };
	},
};
