import { extname } from 'node:path';

/**
 * The URL of the module `name` in the folder of the module `from`, for threads and processes that are started by file:
 * with the same ending, so that it is right in the sources (.ts) and in the built program (.js).
 */
export function besideModule(from: string, name: string): URL {
	return new URL(`./${name}${extname(new URL(from).pathname)}`, from);
}
