/**
 * The emulator as a process of its own, to try Firn by hand: `node test/support/drive-emulator/main.ts [--port N] [--dir DIR]`.
 * Prints the lines for the environment; the page to type the code of a sign-in is at ENDPOINT/device. Faults, clock and log:
 * see control.ts.
 */

import { parseArgs } from 'node:util';
import { startDriveEmulator } from './emulator.ts';

const { values } = parseArgs({
	options: { port: { type: 'string', default: '0' }, dir: { type: 'string' } },
});
const emulator = await startDriveEmulator({
	...(values.dir === undefined ? {} : { dir: values.dir }),
	port: Number(values.port),
});
const { tv, desktop } = emulator.clients;
console.log(`GDRIVE_ENDPOINT=${emulator.endpoint}`);
console.log(`GDRIVE_TV_CLIENT=${tv.id}`);
console.log(`GDRIVE_TV_SECRET=${tv.secret}`);
console.log(`GDRIVE_DESKTOP_CLIENT=${desktop.id}`);
console.log(`GDRIVE_DESKTOP_SECRET=${desktop.secret}`);
console.log(`FIRN_GDRIVE='${emulator.env.FIRN_GDRIVE}'`);
for (const name of ['SIGINT', 'SIGTERM'] as const)
	process.once(name, () => void emulator.close().then(() => process.exit(0)));
