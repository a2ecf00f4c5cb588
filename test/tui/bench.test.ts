/** The bench the app is tested on, tested on programs that are known. */

import { afterEach, expect, test } from 'vitest';
import { until } from '../support/firn.ts';
import { hasEnded } from '../support/processes.ts';
import { startShell } from '../support/terminal/start.ts';
import { type TerminalOptions, TestTerminal } from '../support/terminal/terminal.ts';

const open: TestTerminal[] = [];
afterEach(async () => {
	for (const terminal of open.splice(0)) await terminal.close();
});

const keep = (terminal: TestTerminal) => {
	open.push(terminal);
	return terminal;
};
const node = (script: string, options: Partial<TerminalOptions> = {}) =>
	keep(new TestTerminal({ command: process.execPath, args: ['-e', script], ...options }));

/** Prints what it reads, byte by byte. */
const ECHO = `process.stdin.setRawMode(true); process.stdin.on('data', (data) => {
	console.log(JSON.stringify(data.toString('latin1'))); if (data.includes(4)) process.exit(7) }); console.log('ready')`;

test('keys arrive as a terminal sends them, and the exit code is told', async () => {
	const app = node(ECHO);
	await app.waitFor('ready');
	expect(app.rawMode).toBe(true);
	const sent = { j: 'j', up: '\\u001b[A', 'ctrl+l': '\\f', esc: '\\u001b', enter: '\\r', 'shift+tab': '\\u001b[Z' };
	for (const [key, echo] of Object.entries(sent)) {
		await app.press(key);
		await app.waitFor(`"${echo}"`);
	}
	expect(app.screen().slice(1, 7)).toEqual(['"j"', '"\\u001b[A"', '"\\f"', '"\\u001b"', '"\\r"', '"\\u001b[Z"']);
	app.send('jj\r');
	await app.waitFor('"jj\\r"');
	await app.press('ctrl+d');
	expect(await app.ended).toEqual({ code: 7, signal: 0 });
	await expect(app.waitFor('never')).rejects.toThrow('ended with');
});

test('cells have their colours, and two screens can be compared', async () => {
	const app = node(`process.stdout.write('a\\x1b[1;31mred\\x1b[0;7minv\\x1b[0m\\x1b[38;2;1;2;3mrgb')`);
	await app.waitFor('rgb');
	expect(app.cell(1, 0)).toMatchObject({ char: 'r', fg: 'red', bold: true, inverse: false });
	expect(app.cell(4, 0)).toMatchObject({ char: 'i', fg: 'default', inverse: true });
	expect(app.cell(7, 0).fg).toBe('#010203');
	expect(app.find('rgb')).toEqual({ x: 7, y: 0 });
	const other = node(`process.stdout.write('a\\x1b[1;31mred\\x1b[0minvrgb')`);
	await other.waitFor('rgb');
	expect(other.screen()).toEqual(app.screen());
	expect(other.paint()).not.toEqual(app.paint());
});

test('modes, frames and bytes are counted', async () => {
	const app = node(
		`process.stdout.write('\\x1b[?1049h\\x1b[?25l\\x1b[?2004h\\x1b[?1000;1006h\\x1b[?2026hx\\x1b[?2026l');
		process.stdin.once('data', () => { process.stdout.write('\\x1b[?1006l\\x1b[?1000l\\x1b[?2004l\\x1b[?25h\\x1b[?1049lend'); process.exit() })`,
	);
	await app.waitFor('x');
	const on = { alternateScreen: true, bracketedPaste: true, cursorVisible: false, mouse: true, synchronized: false };
	expect(app.modes).toEqual(on);
	expect(app.frames).toBe(1);
	app.mark();
	await app.press('enter');
	await app.waitFor('end');
	expect(app.bytesWritten).toBe('\r\n'.length + 8 + 8 + 8 + 6 + 8 + 3);
	expect(Object.values(app.modes)).toEqual([false, false, true, false, false]);
});

test('a resize reaches program and screen', async () => {
	const app = node(`process.stdout.on('resize', () => console.log(process.stdout.columns, process.stdout.rows));
		setInterval(() => {}, 1e3); console.log('ready')`);
	await app.waitFor('ready');
	app.resize(60, 16);
	await app.waitFor('60 16');
	expect(app.screen()).toHaveLength(16);
});

test('a stalled terminal takes no more, and goes on', async () => {
	const app = node(`let n = 0; setInterval(() => { process.stdout.write('x'.repeat(10000) + '\\n'); n++ }, 5);
		process.stdin.on('data', () => { console.log('\\nwritten', n); process.exit() })`);
	await app.waitFor('x');
	app.stall();
	await new Promise((resolve) => setTimeout(resolve, 300));
	const before = app.bytesWritten;
	await new Promise((resolve) => setTimeout(resolve, 300));
	expect(app.bytesWritten).toBe(before);
	app.unstall();
	await app.waitFor(() => app.bytesWritten > before);
	await app.press('enter');
	await app.waitFor('written');
});

test('a closed window is a hangup for the program', async () => {
	const app = node(`process.on('SIGHUP', () => process.exit(3)); setInterval(() => {}, 1e3); console.log('ready')`);
	await app.waitFor('ready');
	app.closeWindow();
	await until('it is gone', () => hasEnded(app.pid));
});

test('a shell suspends and continues what it runs', async () => {
	const shell = keep(await startShell());
	shell.send('sleep 60\r');
	await shell.waitFor(() => shell.isInForeground);
	await shell.press('ctrl+z');
	await shell.waitFor('Stopped');
	expect(shell.rawMode).toBe(false);
	const pid = shell.childPid!;
	shell.send('fg\r');
	await shell.waitFor(/fg\n.*sleep 60/);
	shell.signal('SIGTERM', pid);
	await shell.waitFor('Terminated');
});
