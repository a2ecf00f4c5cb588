/** The unit that lets systemd run the engine. Pure. */

export interface ServiceUnit {
	scope: 'user' | 'system';
	/** The engine in the foreground: program and arguments. */
	command: string[];
	/** Environment besides what makes it a service. */
	env: Record<string, string>;
}

export const UNIT_NAME = 'firn.service';

/** Its text (systemd.service(5)). An engine that runs already makes a start fail: it is tried until that one has left. */
export function unitText({ scope, command, env }: ServiceUnit): string {
	const environment = Object.entries({ FIRN_SERVICE: scope === 'user' ? 'user' : '1', ...env });
	return `[Unit]
Description=Firn keeps backups by their schedules
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStart=${command.map(commandWord).join(' ')}
${environment.map(([name, value]) => `Environment=${word(`${name}=${value}`)}`).join('\n')}
Restart=on-failure
RestartSec=30
KillMode=mixed
TimeoutStopSec=30
UMask=0077

[Install]
WantedBy=${scope === 'user' ? 'default.target' : 'multi-user.target'}
`;
}

/** A word of systemd.syntax(7): in quotes, with nothing in it taken for more. */
function word(text: string): string {
	const escaped = text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('%', '%%');
	return `"${escaped}"`;
}

/** Variables are put into commands, but not into environments. */
const commandWord = (text: string): string => word(text).replaceAll('$', '$$$$');
