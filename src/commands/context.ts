/** What every command is given: where to print, and how to reach the engine. */

import { type Passphrase, unattendedPassphrase } from '../client/passphrase.ts';
import { greet, type SocketChannel, tryConnect } from '../client/socket-channel.ts';
import { connectOrStart, type EnginePlace } from '../client/start-engine.ts';
import { type AskPassphrase, unlocking } from '../client/unlocking.ts';
import { FirnError } from '../core/errors.ts';
import type { Settings } from '../core/settings.ts';
import type { Channel } from '../protocol/channel.ts';
import type { Results } from '../protocol/contract.ts';
import { Output } from './output.ts';
import { askOnTerminal, passphraseFor } from './passphrases.ts';

/** Made by bin/main.ts, the only one who knows the engine's code. */
export interface Host {
	version: string;
	/** Arguments for Node that run the engine's process. */
	engineArgs: (home: string | undefined) => string[];
	/** An engine in this very process. */
	host: (home: string | undefined) => Promise<Channel>;
	/** Serves as the engine until it is stopped; gives false when another one does already. */
	serve: (home: string | undefined, passphrase: () => Promise<Passphrase | undefined>) => Promise<boolean>;
	paths: (home: string | undefined) => Promise<EnginePlace>;
	/** What was set for the look of the app. */
	appearance: (home: string | undefined) => Promise<Pick<Settings, 'color' | 'ascii' | 'accessible'>>;
	/** The full-screen app; gives the exit code when it is left. */
	app: (options: AppOptions) => Promise<number>;
}

/** What the full-screen app is started with. */
export interface AppOptions {
	/** A greeted channel; starts the engine if need be. */
	connect: (ask: AskPassphrase) => Promise<{ channel: Channel; hello: Results['hello'] }>;
	/** The engine's contract in this process. */
	local: (ask: AskPassphrase) => Promise<Channel>;
	/** Where the app keeps its own file. */
	stateDir: string;
	color: 'auto' | '16' | 'mono' | 'contrast';
	ascii: boolean;
	/** For screen readers: lines instead of a full screen. */
	accessible: boolean;
}

export interface GlobalOptions {
	home?: string;
	json?: boolean;
	quiet?: boolean;
	yes?: boolean;
	passphraseFile?: string;
	color?: string | false;
	ascii?: boolean;
	accessible?: boolean;
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
		return (await this.connect()).channel;
	}

	/**
	 * The same, with what the engine has answered to the greeting. It is given the passphrase of the vault when it needs
	 * one; `ask` asks a person for it.
	 */
	async connect(ask = askOnTerminal): Promise<{ channel: Channel; hello: Results['hello'] }> {
		const { channel, hello } = await this.#greeted();
		const { passphraseFile } = this.options;
		try {
			// With a passphrase the first secret of all goes into a vault.
			const first = hello.hasSecrets ? undefined : await unattendedPassphrase(passphraseFile, ask === askOnTerminal);
			if (first) await channel.call('unlock', { passphrase: first.text, source: first.source });
		} catch (error) {
			channel.close();
			throw error;
		}
		return { channel: unlocking(channel, passphraseFor(passphraseFile, ask)), hello };
	}

	/** The engine's contract in this very process. */
	async local(ask = askOnTerminal): Promise<Channel> {
		const channel = await this.host.host(this.options.home);
		return unlocking(channel, passphraseFor(this.options.passphraseFile, ask));
	}

	async #greeted(): Promise<{ channel: SocketChannel; hello: Results['hello'] }> {
		const { home } = this.options;
		const place = await this.host.paths(home);
		const command = { args: this.host.engineArgs(home) };
		const channel = await connectOrStart(place, command);
		try {
			return { channel, hello: await greet(channel) };
		} catch (error) {
			channel.close();
			if (!(error instanceof FirnError) || error.code !== 'ENGINE_LOST') throw error;
		}
		// It was just about to leave.
		const another = await connectOrStart(place, command);
		return { channel: another, hello: await greet(another) };
	}

	/** A channel to the engine if one runs. */
	async runningEngine(): Promise<SocketChannel | undefined> {
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
