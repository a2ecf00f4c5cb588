/** Secrets come in by a terminal that does not show them, or by a pipe; never by the command line. */

import { EXIT } from '../core/exit-codes.ts';

/** All that comes over a pipe; on a terminal what is typed or pasted, unseen, up to a line that ends it. */
export async function readSecretText(question: string, isEnd: (text: string) => boolean): Promise<string> {
	const { stdin } = process;
	if (stdin.isTTY) return hiddenText(question, isEnd);
	stdin.setEncoding('utf8');
	let text = '';
	for await (const chunk of stdin) text += chunk;
	return text;
}

function hiddenText(question: string, isEnd: (text: string) => boolean): Promise<string> {
	const { stdin, stderr } = process;
	// First: what is typed as soon as the question is there must not be shown either.
	stdin.setRawMode(true);
	stderr.write(question);
	stdin.setEncoding('utf8');
	return new Promise((resolve) => {
		let text = '';
		const end = () => {
			stdin.off('data', take);
			stdin.setRawMode(false);
			stdin.pause();
			stderr.write('\n');
		};
		const take = (chunk: string) => {
			for (const character of chunk) {
				if (character === '\u0003') {
					end();
					process.exit(EXIT.interrupted);
				}
				if (character === '\u007f' || character === '\b') text = text.slice(0, -1);
				else if (character === '\r' || character === '\n') text += '\n';
				else if (character === '\u0004') text += '\n\n';
				else if (character >= ' ') text += character;
				if (!text.endsWith('\n') || !(text.endsWith('\n\n') || text === '\n' || isEnd(text))) continue;
				end();
				resolve(text);
				return;
			}
		};
		stdin.on('data', take);
		stdin.resume();
	});
}

/** Identities, as age-keygen writes them or alone. */
export function readIdentityText(): Promise<string> {
	return readSecretText('Paste the identity (AGE-SECRET-KEY-1...), it is not shown: ', (text) =>
		/^AGE-SECRET-KEY-1\S+\n$/im.test(text),
	);
}
