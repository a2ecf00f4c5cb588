import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { unitText } from '../../src/commands/service-unit.ts';
import { type FirnHome, firnHome } from '../support/firn.ts';

let firn: FirnHome;
let unit: string;

beforeEach(() => {
	firn = firnHome();
	const config = join(firn.root, 'xdg');
	unit = join(config, 'systemd', 'user', 'firn.service');
	mkdirSync(join(firn.root, 'bin'));
	Object.assign(firn.env, { XDG_CONFIG_HOME: config, PATH: `${join(firn.root, 'bin')}:${process.env.PATH}` });
});
afterEach(() => firn.close());

/** A systemctl that notes what it is told; `state` is that of the system. */
function systemd(state: string): void {
	for (const name of ['systemctl', 'loginctl']) {
		const file = join(firn.root, 'bin', name);
		const note = `echo "${name} $*" >> ${join(firn.root, 'told')}`;
		writeFileSync(file, `#!/bin/sh\ncase "$*" in *is-system-running) echo ${state};; *) ${note};; esac\n`);
		chmodSync(file, 0o755);
	}
}

test('install shows the unit, writes it after a yes, and starts it; uninstall takes it away', async () => {
	systemd('degraded');
	const asked = await firn.run('engine', 'install');
	expect([asked.code, asked.out, existsSync(unit)]).toEqual([2, expect.stringContaining('ExecStart='), false]);
	const { code, err } = await firn.run('--yes', 'engine', 'install');
	expect([code, err]).toEqual([0, '']);
	const text = readFileSync(unit, 'utf8');
	expect(text).toMatch(/^ExecStart=".*" "engine" "start" "--foreground"$/m);
	expect(text).toContain(firn.home);
	expect((await firn.run('engine', 'uninstall')).code).toBe(0);
	expect(existsSync(unit)).toBe(false);
	expect(readFileSync(join(firn.root, 'told'), 'utf8').replace(/linger .*/, 'linger')).toBe(
		[
			'systemctl --user daemon-reload',
			'systemctl --user enable firn.service',
			'systemctl --user start firn.service',
			'loginctl enable-linger',
			'systemctl --user disable --now firn.service',
			'systemctl --user daemon-reload',
			'',
		].join('\n'),
	);
});

test('without systemd it is said what holds instead', async () => {
	systemd('offline');
	const shown = await firn.run('engine', 'install', '--system', '--dry-run');
	expect([shown.code, shown.out]).toEqual([
		0,
		expect.stringMatching(/^\/etc\/systemd\/system\/firn.service:\n[\s\S]*ExecStart=/),
	]);
	expect((await firn.run('engine', 'uninstall', '--dry-run')).code).toBe(2);
	const { code, err } = await firn.run('--yes', 'engine', 'install');
	expect([code, err]).toEqual([2, expect.stringContaining('keeps the schedules as long as it lives')]);
	expect(existsSync(unit)).toBe(false);
});

test('nothing in a path is taken for more than it is', () => {
	const text = unitText({ scope: 'system', command: ['/a b/"n\\', '%h', '$HOME'], env: { HOME: '/ro%ot' } });
	expect(text).toContain('ExecStart="/a b/\\"n\\\\" "%%h" "$$HOME"\n');
	expect(text).toContain('Environment="HOME=/ro%%ot"\n');
	expect(text).toContain('WantedBy=multi-user.target');
});
