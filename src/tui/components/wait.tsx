import { Text } from 'ink';
import Spinner from 'ink-spinner';
import { useLook } from '../theme/look.ts';

/** Something is waited for. Slow (400 ms) and plain, so that it costs a slow link next to nothing. */
export function Wait({ what }: { what: string }) {
	const { tone } = useLook();
	return (
		<Text {...tone('muted')} wrap="truncate-end">
			{what} <Spinner type="simpleDots" />
		</Text>
	);
}
