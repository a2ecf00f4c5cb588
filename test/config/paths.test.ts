import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { pathsFor } from '../../src/config/paths.ts';

test('everything lies below --home, which goes before FIRN_HOME', () => {
	const paths = pathsFor('/some/home', { FIRN_HOME: '/other' });
	expect(paths.home).toBe('/some/home');
	for (const [name, path] of Object.entries(paths)) {
		if (name !== 'home' && name !== 'engineDir') expect(path).toMatch(/^\/some\/home\/./);
	}
	expect(pathsFor(undefined, { FIRN_HOME: '/other' }).configFile).toBe('/other/config.json');
	expect(pathsFor('relative', {}).stateDir).toBe(resolve('relative/state'));
	expect(() => pathsFor('', {})).toThrow('--home is empty.');
});

test('without one, config and state lie in the XDG folders, of which relative ones do not count', () => {
	const given = pathsFor(undefined, { XDG_CONFIG_HOME: '/c', XDG_STATE_HOME: '/s', FIRN_HOME: '' });
	expect(given.configFile).toBe('/c/firn/config.json');
	expect(given.socketFile).toBe('/s/firn/engine.sock');
	expect(given.home).toBeUndefined();
	const usual = pathsFor(undefined, { XDG_CONFIG_HOME: 'c', XDG_STATE_HOME: '' });
	expect(usual.configFile).toBe(join(homedir(), '.config/firn/config.json'));
	expect(usual.stateDir).toBe(join(homedir(), '.local/state/firn/state'));
});
