import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where compiled code is kept between calls: not in the shared temporary folder, where others could lay some for us. */
export function compileCache(): string {
	return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'firn', 'node');
}
