import { homedir } from 'node:os';
import { describeDecision } from '../../../core/describe-decision.ts';
import type { Explanation } from '../../../core/selection.ts';
import type { Action } from '../../actions.ts';
import { fieldOf } from '../../components/field.tsx';
import { displayPath } from '../../components/text.ts';
import { layout } from '../../layout/layout.ts';
import type { EffectContext } from '../../screen.ts';
import { optionsOf, PickerLoader } from './loader.ts';
import { pastedPaths } from './pasted-paths.ts';
import { currentItem, type Picker, type PickerNews } from './picker.ts';
import { treeHeight } from './places.ts';
import { ruleRows } from './rules.ts';
import { type SourcesState, selectionOf } from './state.ts';
import { MARK_WORDS } from './words.ts';

/** What belongs to one run of the app: who asks for the pickers, and what was said last. */
interface Hands {
	loaders: Map<string, PickerLoader>;
	said: Picker['notice'];
}

const hands = new WeakMap<EffectContext, Hands>();

function handsOf(context: EffectContext): Hands {
	const known = hands.get(context) ?? { loaders: new Map(), said: undefined };
	hands.set(context, known);
	return known;
}

export function sourcesEffect(action: Action, context: EffectContext): void {
	const { screen, job } = context.state();
	if (screen !== 'sources' || job === undefined) return;
	const picker = pickerOf(context, job);
	if (!picker) return;
	const mine = handsOf(context);
	const { notice } = picker;
	if (notice !== mine.said) {
		// First, as what is said is an action, too.
		mine.said = notice;
		if (notice) context.flash(notice.level, notice.text);
	}
	const loader = loaderOf(context, mine, job);
	if (action.type === 'command' && action.id === 'app.reload') loader.countAnew();
	if (action.type === 'command') void command(action.id, job, picker, context);
	if (action.type === 'paste') void addPaths(action.text, job, context);
	if (action.type === 'reply') void reply(action, job, picker, context);
	loader.sync();
}

function pickerOf(context: EffectContext, job: string): Picker | undefined {
	return context.screen<SourcesState>('sources').pickers[job];
}

function loaderOf(context: EffectContext, { loaders }: Hands, job: string): PickerLoader {
	const known = loaders.get(job);
	if (known) return known;
	const isShown = () => context.state().screen === 'sources' && context.state().job === job;
	const loader = new PickerLoader({
		picker: () => (isShown() ? pickerOf(context, job) : undefined),
		height: () => {
			const { columns, rows } = context.state();
			const picker = pickerOf(context, job);
			return picker ? treeHeight(layout(columns, rows).content, picker) : 1;
		},
		tell: (news) => tell(context, job, news),
		call: context.call,
	});
	loaders.set(job, loader);
	return loader;
}

function tell({ dispatch }: EffectContext, job: string, news: PickerNews): void {
	dispatch({ type: 'sources/news', job, news });
}

async function command(id: string, job: string, picker: Picker, context: EffectContext): Promise<void> {
	const { open, copy, flash } = context;
	const item = currentItem(picker);
	switch (id) {
		case 'sources.exclude':
			return open(patternPrompt('sources.exclude', 'Leave out', item ? suggestion(item) : ''));
		case 'rules.add':
			return open(patternPrompt('sources.exclude', 'A new rule', ''));
		case 'rules.edit': {
			const row = ruleRows(picker.selection)[picker.rule];
			if (row?.kind === 'pattern') open(patternPrompt(`sources.edit:${row.index}`, 'Edit the rule', row.pattern));
			return;
		}
		case 'sources.add':
			return open(pathPrompt('sources.add', 'Add a source', ''));
		case 'sources.test':
			return open(pathPrompt('sources.test', 'Which rule decides?', item?.path ?? '/'));
		case 'list.sort':
			return open({
				kind: 'menu',
				tag: 'sources.sort',
				title: 'Order',
				items: [
					{ label: 'by name', value: 'name', note: 'folders first' },
					{ label: 'by size', value: 'size', note: 'the largest first, as far as they are counted' },
				],
			});
		case 'app.copy':
			if (!item) return;
			copy(item.path);
			return flash('info', `Copied: ${item.path}`);
		case 'sources.save':
			return save(job, picker, context);
	}
}

function patternPrompt(tag: string, title: string, text: string) {
	const hint = 'As in .gitignore: *.iso, cache/, /srv/tmp, !keep.iso brings back';
	return { kind: 'prompt' as const, tag, title, label: 'Pattern', field: fieldOf(text), hint };
}

function pathPrompt(tag: string, title: string, text: string) {
	return { kind: 'prompt' as const, tag, title, label: 'Path', field: fieldOf(text) };
}

/** Its kind of file, or its name. */
function suggestion({ name, type, path }: { name: string; type?: string; path: string }): string {
	if (path === '/') return '';
	const ending = /.(\.[A-Za-z0-9]{1,8})$/.exec(name)?.[1];
	const plain = name.replace(/[\\*?[\]]/g, '\\$&');
	return type === 'file' && ending ? `*${ending}` : type === 'dir' ? `${plain}/` : plain;
}

async function reply(
	{ tag, value }: { tag: string; value: string },
	job: string,
	picker: Picker,
	context: EffectContext,
): Promise<void> {
	if (tag === 'sources.add') return addPaths(value, job, context, true);
	if (tag !== 'sources.test') return;
	const [path] = pastedPaths(value, { home: homedir(), cwd: context.cwd }).split;
	if (path === undefined) return;
	try {
		const { paths } = await context.call('explain', { paths: [path], selection: picker.selection });
		context.open({ kind: 'text', title: 'Which rule decides?', lines: answerLines(paths[0]!), top: 0 });
	} catch (error) {
		context.fail(error);
	}
}

function answerLines(explained: Explanation): string[] {
	const { path, exists, mark, problem } = explained;
	return [
		displayPath(path),
		'',
		`It is ${MARK_WORDS[mark]}:`,
		`${describeDecision(explained, path)}.`,
		...(exists ? [] : ['', 'There is nothing at this path now.']),
		...(problem ? ['', `It cannot be read: ${problem}.`] : []),
	];
}

/** @param typed as one path, not for a shell */
async function addPaths(text: string, job: string, context: EffectContext, typed = false): Promise<void> {
	const picker = pickerOf(context, job);
	const { whole, split } = pastedPaths(text, { home: homedir(), cwd: context.cwd });
	if (!picker || split.length === 0) return;
	try {
		const asked = whole === undefined ? split : [whole, ...split];
		const { paths } = await context.call('explain', { paths: asked.slice(0, 1000), selection: picker.selection });
		const one = whole === undefined ? undefined : paths[0]!;
		const meant = one && (one.exists || typed) ? [one] : one ? paths.slice(1) : paths;
		tell(context, job, { type: 'add', paths: meant });
		if (meant.every(({ exists }) => !exists) && process.env.SSH_CONNECTION) {
			context.flash(
				'warn',
				'Nothing of that is on this machine. What is dropped over SSH has names of your own machine.',
			);
		}
	} catch (error) {
		context.fail(error);
	}
}

async function save(job: string, { selection }: Picker, context: EffectContext): Promise<void> {
	const { call, fail, flash, refresh, cwd } = context;
	const { sources } = selection;
	if (sources.length === 0) return flash('warn', 'A job needs a source: space chooses what is under the cursor.');
	try {
		const saved = await call('saveJob', { name: job, sources, cwd, options: optionsOf(selection) });
		tell(context, job, { type: 'saved', selection: selectionOf(saved.job) });
		flash('info', `${job} is saved. Its next run goes by it.`);
		refresh();
	} catch (error) {
		fail(error);
	}
}
