import { unattendedPassphrase } from '../client/passphrase.ts';
import { greet } from '../client/socket-channel.ts';
import { usageError } from '../core/errors.ts';
import { EXIT } from '../core/exit-codes.ts';
import type { Context } from './context.ts';
import type { ServiceOptions } from './service.ts';

/** `firn engine status|stop|start|install|uninstall`. */
export async function engine(
	context: Context,
	[what]: string[],
	{ foreground, ...service }: { foreground?: boolean } & ServiceOptions,
): Promise<number> {
	if (service.dryRun && what !== 'install') {
		throw usageError('BAD_OPTIONS', '--dry-run is for firn engine install only.', 'Leave it out.');
	}
	switch (what) {
		case 'status':
			return status(context);
		case 'stop':
			return stop(context);
		case 'start':
			if (!foreground) return context.ask(async (channel) => tell(context, await greet(channel)));
			if (
				await context.host.serve(context.options.home, () =>
					unattendedPassphrase(context.options.passphraseFile, false),
				)
			) {
				// Who has stopped it is still connected, and waits for this process to end.
				process.exit(EXIT.ok);
			}
			throw usageError('ENGINE_RUNNING', 'The engine runs already.', 'firn engine status shows it.');
		case 'install':
			return (await import('./service.ts')).installService(context, service);
		case 'uninstall':
			return (await import('./service.ts')).uninstallService(context, service);
		default:
			throw usageError(
				'BAD_ENGINE_COMMAND',
				`"${what}" is not something to do with the engine.`,
				'Use status, stop, start, install or uninstall.',
			);
	}
}

async function status(context: Context): Promise<number> {
	const channel = await context.runningEngine();
	if (!channel) {
		context.out.line('The engine is not running; it starts by itself when it is needed.');
		return EXIT.ok;
	}
	const hello = await greet(channel);
	channel.close();
	return tell(context, hello);
}

function tell({ out }: Context, { pid, version, socket }: { pid: number; version: string; socket: string }): number {
	out.record({ pid, version, socket });
	out.result(`The engine runs: pid ${pid}, version ${version}, socket ${socket}`);
	return EXIT.ok;
}

/** Waits until the engine is gone, runs having come to a safe point. */
async function stop(context: Context): Promise<number> {
	const channel = await context.runningEngine();
	if (!channel) {
		context.out.line('The engine is not running.');
		return EXIT.ok;
	}
	const { pid } = await greet(channel);
	const { stopped } = await channel.call('engine.stop', {});
	await channel.ended();
	context.out.record({ event: 'stopped', pid, tasks: stopped });
	context.out.line(`The engine has stopped${stopped.length > 0 ? '; firn resume goes on with what it did' : ''}.`);
	return EXIT.ok;
}
