import { fsPath } from './path-bytes.ts';
import { safePrint } from './safe-print.ts';

/** A path as one word for sh, on one line that is safe to print: quoted, or spelt out where it has to be. */
export function shellWord(path: string): string {
	if (/^[\w@%+=:,./-]+$/.test(path)) return path;
	if (safePrint(path) === path) return `'${path.replaceAll("'", `'\\''`)}'`;
	const bytes = Buffer.from(fsPath(path));
	const spelt = [...bytes].map((byte) =>
		/[\w@+=:,./ ]/.test(String.fromCharCode(byte))
			? String.fromCharCode(byte)
			: `\\${byte.toString(8).padStart(3, '0')}`,
	);
	// $(...) cuts line feeds off at the end, where a folder of ours never has one.
	return `"$(printf '${spelt.join('')}')"`;
}
