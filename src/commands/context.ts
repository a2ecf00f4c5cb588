/** What every command is given: where to print, and how to reach the engine. */

import { greet, tryConnect } from '../client/socket-channel.ts';
import { connectOrStart, type EnginePlace } from '../client/start-engine.ts';
import type { Channel } from '../protocol/channel.ts';
import { Output } from './output.ts';

/** Made by bin/main.ts, the only one who knows the engine's code. */
export interface Host {
	version: string;
	/** Arguments for Node that run the engine's process. */
	engineArgs: (home: string | undefined) => string[];
	/** An engine in this very process. */
	host: (home: string | undefined) => Promise<Channel>;
	/** Serves as the engine until it is stopped. */
	serve: (home: string | undefined) => Promise<void>;
	paths: (home: string | undefined) => Promise<EnginePlace>;
}

export interface GlobalOptions {
	home?: string;
	json?: boolean;
	quiet?: boolean;
	yes?: boolean;
	color?: boolean;
}

export class Context {
	readonly options: GlobalOptions;
	readonly host: Host;
	readonly out: Output;

	constructor(host: Host, options: GlobalOptions) {
		this.host = host;
		this.options = options;
		this.out = new Output(options);
	}

	/** A greeted channel to the engine, which is started if need be. */
	async engine(): Promise<Channel> {
		const { home } = this.options;
		const channel = await connectOrStart(await this.host.paths(home), { args: this.host.engineArgs(home) });
		await greet(channel);
		return channel;
	}

	/** A channel to the engine if one runs. */
	async runningEngine(): Promise<Channel | undefined> {
		return tryConnect((await this.host.paths(this.options.home)).socketFile);
	}

	/** Asks the engine one thing. */
	async ask<T>(what: (engine: Channel) => Promise<T>): Promise<T> {
		const engine = await this.engine();
		try {
			return await what(engine);
		} finally {
			engine.close();
		}
	}
}
