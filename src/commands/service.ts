/** `firn engine install` and `uninstall`: the engine as a service of systemd, so that schedules outlive a login. */

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { greet } from '../client/socket-channel.ts';
import { writeDurably } from '../core/durable-file.ts';
import { errnoCode, FirnError, usageError } from '../core/errors.ts';
import { EXIT } from '../core/exit-codes.ts';
import { safePrint } from '../core/safe-print.ts';
import { yesConfirmation } from './confirm.ts';
import type { Context } from './context.ts';
import { type ServiceUnit, UNIT_NAME, unitText } from './service-unit.ts';

export interface ServiceOptions {
	system?: boolean;
	user?: boolean;
	dryRun?: boolean;
}

const WITHOUT =
	'The engine that is started by hand keeps the schedules as long as it lives. Let the system start "firn engine start --foreground" with FIRN_SERVICE=1 instead.';

/** Shows the unit, writes it after a yes, and lets systemd start it. @throws FirnError NO_SYSTEMD, NOT_ROOT, SYSTEMD_FAILED… */
export async function installService(context: Context, options: ServiceOptions): Promise<number> {
	const { out } = context;
	// Who only wants to see the unit need not be root, nor have systemd: it may be for another machine.
	const scope = options.dryRun && options.system ? 'system' : scopeOf(options);
	if (!options.dryRun && !hasSystemd(scope)) {
		throw usageError('NO_SYSTEMD', `There is no systemd here that runs services of ${whose(scope)}.`, WITHOUT);
	}
	const file = unitFile(scope);
	const text = unitText(unitOf(context, scope));
	out.line(`${existsSync(file) && readFileSync(file, 'utf8') !== text ? 'Instead of the one there is, ' : ''}${file}:`);
	out.line();
	out.line(safeLines(text));
	if (options.dryRun) {
		out.record({ event: 'unit', file, scope, text });
		out.line('Nothing was written.');
		return EXIT.ok;
	}
	if (!context.options.yes && !(await yesConfirmation(context, 'Write and start it?', 'Say --yes.'))) {
		return EXIT.interrupted;
	}
	write(file, text);
	systemctl(scope, 'daemon-reload');
	systemctl(scope, 'enable', UNIT_NAME);
	const isLeft = await leaveIdle(context);
	systemctl(scope, 'start', UNIT_NAME);
	const lingers = scope === 'system' || spawnSync('loginctl', ['enable-linger', userInfo().username]).status === 0;
	out.record({ event: 'installed', file, scope, lingers });
	out.line(`The engine is a service of ${whose(scope)} now.`);
	if (!isLeft) out.line('The engine that is at work goes on; the service takes over within a minute of its end.');
	if (!lingers) {
		out.line(
			`It runs only while you are logged in: an administrator changes that with loginctl enable-linger ${userInfo().username}.`,
		);
	}
	return EXIT.ok;
}

/** Takes the service away; jobs and backups stay. @throws FirnError NO_SERVICE, NOT_ROOT, SYSTEMD_FAILED */
export function uninstallService({ out }: Context, options: ServiceOptions): number {
	const scope = scopeOf(options);
	const file = unitFile(scope);
	if (!existsSync(file)) throw usageError('NO_SERVICE', `There is no ${file}.`, 'firn engine install makes it.');
	if (hasSystemd(scope)) systemctl(scope, 'disable', '--now', UNIT_NAME);
	rmSync(file);
	if (hasSystemd(scope)) systemctl(scope, 'daemon-reload');
	out.record({ event: 'uninstalled', file, scope });
	out.line(`${file} is gone. From now on schedules are kept only while an engine lives.`);
	return EXIT.ok;
}

function scopeOf({ system, user }: ServiceOptions): ServiceUnit['scope'] {
	if (system && user)
		throw usageError('BAD_OPTIONS', '--system and --user exclude each other.', 'Leave one of them out.');
	if (!system) return 'user';
	if (process.getuid?.() === 0) return 'system';
	throw usageError('NOT_ROOT', 'Only root can install a service of the system.', 'Use sudo, or leave out --system.');
}

function unitOf({ options }: Context, scope: ServiceUnit['scope']): ServiceUnit {
	const home = options.home ?? (process.env.FIRN_HOME || undefined);
	const node = [process.execPath, '--disable-warning=ExperimentalWarning', realpathSync(process.argv[1]!)];
	const where = home === undefined ? [] : ['--home', resolve(home)];
	const passphrase = options.passphraseFile ? ['--passphrase-file', resolve(options.passphraseFile)] : [];
	return {
		scope,
		command: [...node, ...where, ...passphrase, 'engine', 'start', '--foreground'],
		// Services of the system have none.
		env: scope === 'system' ? { HOME: homedir() } : {},
	};
}

function unitFile(scope: ServiceUnit['scope']): string {
	if (scope === 'system') return join('/etc/systemd/system', UNIT_NAME);
	const { XDG_CONFIG_HOME } = process.env;
	const config = XDG_CONFIG_HOME && isAbsolute(XDG_CONFIG_HOME) ? XDG_CONFIG_HOME : join(homedir(), '.config');
	return join(config, 'systemd', 'user', UNIT_NAME);
}

const whose = (scope: ServiceUnit['scope']): string => (scope === 'user' ? userInfo().username : 'the system');

const flags = (scope: ServiceUnit['scope']): string[] => (scope === 'user' ? ['--user'] : []);

function hasSystemd(scope: ServiceUnit['scope']): boolean {
	const { stdout } = spawnSync('systemctl', [...flags(scope), 'is-system-running'], { encoding: 'utf8' });
	return ['initializing', 'starting', 'running', 'degraded', 'maintenance'].includes((stdout ?? '').trim());
}

function systemctl(scope: ServiceUnit['scope'], ...args: string[]): void {
	const { status, stderr } = spawnSync('systemctl', [...flags(scope), ...args], { encoding: 'utf8' });
	if (status === 0) return;
	throw new FirnError('SYSTEMD_FAILED', `systemctl ${args.join(' ')} failed: ${safePrint(stderr.trim())}`, {
		guidance: 'journalctl says more. firn engine uninstall takes away what is there.',
	});
}

function write(file: string, text: string): void {
	try {
		writeDurably(file, text);
	} catch (error) {
		throw usageError(
			'UNIT_NOT_WRITTEN',
			`${file} cannot be written (${errnoCode(error)}).`,
			'See who owns its folder.',
		);
	}
}

/** @returns false when an engine is at work, which is not to be interrupted */
async function leaveIdle(context: Context): Promise<boolean> {
	const channel = await context.runningEngine();
	if (!channel) return true;
	try {
		await greet(channel);
		const { tasks } = await channel.call('status', {});
		if (tasks.some(({ state, progress, summary }) => progress && !summary && state !== 'done')) return false;
		await channel.call('engine.stop', {});
		await channel.ended();
		return true;
	} finally {
		channel.close();
	}
}

const safeLines = (text: string): string => text.split('\n').map(safePrint).join('\n');
