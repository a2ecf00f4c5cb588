import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { FormLine, Notes, Problem, problemLines } from '../components/form.tsx';
import { Line } from '../components/line.tsx';
import { insideOf, Pane } from '../components/pane.tsx';
import { displayName, widthOf, wrap } from '../components/text.ts';
import { modeOf } from '../layout/layout.ts';
import type { Size } from '../state.ts';
import { ASCII } from '../theme/glyphs.ts';
import { useLook } from '../theme/look.ts';
import { CLIENT_FIELDS, type ClientField, type SignInState } from './state.ts';
import { endWords, stateWords } from './words.ts';

/** Cells that the address and the code have at least, beside a QR code. */
const BESIDE = 36;
const GAP = 3;
const TEXT = 62;

/** Where a QR code goes: beside the rest, in its place, or nowhere. */
export function codePlace(state: SignInState, inside: Size, isAscii: boolean): 'beside' | 'alone' | 'none' {
	const { code, codeWanted, phase } = state;
	const width = widthOf(code[0] ?? '');
	const fits = (room: number) => width > 0 && width <= room && code.length <= inside.height - 2;
	if (phase !== 'waiting' || isAscii) return 'none';
	const beside = fits(inside.width - BESIDE - GAP);
	// The key turns round what is so without it.
	if (beside) return codeWanted ? 'none' : 'beside';
	return codeWanted && fits(inside.width) ? 'alone' : 'none';
}

/** Why the code that is wanted is not to be seen. */
function whyNot({ codeWanted, code }: SignInState, { width, height }: Size, isAscii: boolean): string {
	if (!codeWanted) return '';
	if (isAscii) return 'A QR code cannot be drawn in ASCII.';
	const isTooBig = widthOf(code[0] ?? '') + BESIDE + GAP > width || code.length > height - 2;
	return isTooBig ? 'There is no room for the QR code.' : '';
}

/** The sign-in to Google Drive, over the whole area of the screen that has asked for it. */
export function SignInView({ state, now, area }: { state: SignInState; now: number; area: Size }) {
	const { glyphs } = useLook();
	const bare = modeOf(area) === 'narrow';
	const inside = insideOf({ ...area, bare });
	const { sign, tone, text } = stateWords(state, now);
	const place = codePlace(state, inside, glyphs === ASCII);
	const { code } = state;
	// On a wide screen the two stay together.
	const beside = Math.min(TEXT, inside.width - widthOf(code[0] ?? '') - GAP);
	const width = place === 'beside' ? beside : inside.width;
	const size = { width, height: inside.height - 2 };
	return (
		<Pane
			title={`Sign in to Google Drive${state.name === 'gdrive' ? '' : ` · ${state.name}`}`}
			width={area.width}
			height={area.height}
			bare={bare}
			focus
		>
			<Line segments={[{ text: `${glyphs[sign]} ${text}`, tone, bold: true }]} width={inside.width} />
			<Text> </Text>
			{place === 'alone' ? (
				<QrCode lines={code} />
			) : (
				<Box>
					<Box flexDirection="column" width={width} height={size.height} overflow="hidden">
						<Content state={state} size={size} hint={whyNot(state, inside, glyphs === ASCII)} />
					</Box>
					{place === 'beside' ? (
						<Box marginLeft={GAP}>
							<QrCode lines={code} />
						</Box>
					) : null}
				</Box>
			)}
		</Pane>
	);
}

/** Light on dark whatever the terminal's colours are: a camera wants it so. Without colours as the terminal has it. */
function QrCode({ lines }: { lines: readonly string[] }) {
	const { theme } = useLook();
	const style = theme === 'mono' ? {} : { color: 'whiteBright', backgroundColor: 'black' };
	return (
		<Box flexDirection="column">
			{lines.map((line, at) => (
				<Text key={at} wrap="hard" {...style}>
					{line}
				</Text>
			))}
		</Box>
	);
}

/** Rows that stay together, and how many they are. */
interface Block {
	rows: number;
	view: ReactNode;
}

/** One below the other, with a blank row between them where there is room for that. */
function Stack({ blocks, height }: { blocks: readonly Block[]; height: number }) {
	const rows = blocks.reduce((sum, block) => sum + block.rows, 0);
	const gap = rows + blocks.length - 1 <= height ? 1 : 0;
	return blocks.map((block, at) => (
		<Box key={at} flexDirection="column" flexShrink={0} height={block.rows} marginTop={at === 0 ? 0 : gap}>
			{block.view}
		</Box>
	));
}

function Content({ state, size, hint }: { state: SignInState; size: Size; hint: string }) {
	return <Stack blocks={blocksOf(state, size, hint)} height={size.height} />;
}

function blocksOf(state: SignInState, size: Size, hint: string): Block[] {
	const { phase, how, view } = state;
	const { width } = size;
	if (phase === 'client') return clientForm(state, width);
	if (phase === 'ended') return endWords(state).map((text) => notes(text, width));
	if (phase !== 'waiting' || !view) return [];
	return how === 'browser' ? inBrowser(state, size, view.url) : withCode(view.url, view.code ?? '', hint, width);
}

function notes(text: string, width: number): Block {
	return { rows: wrap(text, width).length, view: <Notes notes={[text]} width={width} /> };
}

function problem({ message, guidance }: NonNullable<SignInState['error']>, width: number): Block {
	const error = { message: displayName([message, guidance].filter(Boolean).join(' ')) };
	return { rows: problemLines(error, width).length, view: <Problem error={error} width={width} /> };
}

const SEES = 'Firn will see no files but those that it makes itself.';

function withCode(url: string, code: string, hint: string, width: number): Block[] {
	return [
		notes('On any device, open this address:', width),
		address(wrap(displayName(url), width), width),
		notes('and type in this code:', width),
		{ rows: 3, view: <BigCode code={displayName(code)} width={width} /> },
		notes(SEES, width),
		...(hint === '' ? [] : [notes(hint, width)]),
	];
}

function address(lines: readonly string[], width: number): Block {
	const view = lines.map((line, at) => (
		<Line key={at} segments={[{ text: line, tone: 'accent', bold: true }]} width={width} />
	));
	return { rows: lines.length, view };
}

/** In a frame, with a space between the letters. */
function BigCode({ code, width }: { code: string; width: number }) {
	const { glyphs } = useLook();
	const { h, v, tl, tr, bl, br } = glyphs.frame;
	const text = `  ${[...code].join(' ')}  `;
	const edge = h.repeat(widthOf(text));
	return [tl + edge + tr, v + text + v, bl + edge + br].map((line, at) => (
		<Line key={at} segments={[{ text: line, tone: 'accent', bold: at === 1 }]} width={width} />
	));
}

function inBrowser({ pasted, error }: SignInState, { width, height }: Size, url: string): Block[] {
	const field = { label: 'Address or code', field: pasted, placeholder: 'http://127.0.0.1:…?…code=…' };
	const intro = notes('Open this address in a browser, on this machine or any other:', width);
	const rest = [
		notes('If it ends on a page that cannot be reached, paste the address of that page here:', width),
		{ rows: 1, view: <FormLine row={field} width={width} focus /> },
		error ? problem(error, width) : notes(SEES, width),
	];
	const lines = wrap(displayName(url), width);
	const room = height - [intro, ...rest].reduce((sum, { rows }) => sum + rows, 0);
	const isCut = lines.length > room;
	const shown = isCut ? [...lines.slice(0, Math.max(0, room - 1)), '… ^Y copies all of it.'] : lines;
	return [intro, address(shown, width), ...rest];
}

const LABELS: Record<ClientField, string> = { file: 'File', id: 'or client id', secret: 'and its secret' };
const PLACEHOLDERS: Record<ClientField, string> = {
	file: '~/Downloads/client_secret_….json',
	id: '….apps.googleusercontent.com',
	secret: '',
};

function clientForm({ fields, row, error }: SignInState, width: number): Block[] {
	const rows = CLIENT_FIELDS.map((name, at) => (
		<FormLine
			key={name}
			row={{
				label: LABELS[name],
				field: fields[name],
				placeholder: PLACEHOLDERS[name],
				secret: name === 'secret',
			}}
			width={width}
			focus={at === row}
		/>
	));
	return [
		notes(
			'Google wants to know which program signs in. You make a client once, free of charge, in the Google Cloud console: the README has the steps by number, under Google Drive. Give the file that the console lets you download, or what is in it.',
			width,
		),
		{ rows: rows.length, view: rows },
		...(error && error.code !== 'NO_CLIENT' ? [problem(error, width)] : []),
		notes('It is kept with the sign-in, in the keychain or vault. Remove the file afterwards.', width),
	];
}
