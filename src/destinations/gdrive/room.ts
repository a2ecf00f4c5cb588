/**
 * The room in a Drive that has refused for want of it. From then on it is asked before bytes leave: whoever waits for room
 * would else send a whole part in vain each time.
 */

import { FirnError } from '../../core/errors.ts';
import { formatSize } from '../../core/sizes.ts';
import type { DriveAccount } from './about.ts';
import type { Fault } from './errors.ts';

export class Room {
	readonly #look: (signal?: AbortSignal) => Promise<DriveAccount>;
	#refusal: Fault | undefined;

	constructor(look: (signal?: AbortSignal) => Promise<DriveAccount>) {
		this.#look = look;
	}

	/** It has refused. @returns what is known of its room, in words for the end of a sentence */
	async refused(fault: Fault, signal?: AbortSignal): Promise<string> {
		this.#refusal = fault;
		try {
			return figures(await this.#look(signal));
		} catch (error) {
			signal?.throwIfAborted();
			if (error instanceof FirnError) return '';
			throw error;
		}
	}

	/** It has taken some. */
	taken(): void {
		this.#refusal = undefined;
	}

	/**
	 * Whether it would refuse these bytes again.
	 * @returns its last refusal, and what is known of its room now; undefined when it may take them
	 * @throws FirnError as requests do
	 */
	async refuses(bytes: number, signal?: AbortSignal): Promise<{ fault: Fault; figures: string } | undefined> {
		if (!this.#refusal) return undefined;
		const account = await this.#look(signal);
		if (account.free === undefined || account.free >= bytes) return undefined;
		return { fault: this.#refusal, figures: figures(account) };
	}
}

function figures({ used, limit, trashed }: DriveAccount): string {
	if (limit === undefined) return '';
	const inTrash = trashed > 0 ? `, ${formatSize(trashed)} of that by the trash of Drive` : '';
	return `: ${formatSize(used)} of ${formatSize(limit)} are used${inTrash}`;
}
