import { Box, Text } from 'ink';
import { useSyncExternalStore } from 'react';
import { FlashLine } from './components/flash.tsx';
import { Header } from './components/header.tsx';
import { Hints } from './components/hints.tsx';
import { ModalLayer } from './components/modal.tsx';
import { layout, MIN_COLUMNS, MIN_ROWS } from './layout/layout.ts';
import { shownScreen } from './screens/index.ts';
import type { Store } from './store/store.ts';
import { LookContext } from './theme/look.ts';

/** The whole screen: header, the active screen, a line of news, the hints, and a modal over it all. */
export function App({ store }: { store: Store }) {
	const app = useSyncExternalStore(store.subscribe, store.snapshot);
	const { columns, rows } = app;
	const { mode, content } = layout(columns, rows);
	if (mode === 'tiny') {
		return (
			<Box width={columns} height={rows} overflow="hidden">
				<Text>{`Terminal too small (${columns}x${rows}, Firn needs ${MIN_COLUMNS}x${MIN_ROWS}). q leaves; runs go on.`}</Text>
			</Box>
		);
	}
	const { View, state } = shownScreen(app);
	return (
		<LookContext.Provider value={app.look}>
			<Box flexDirection="column" width={columns} height={rows} overflow="hidden">
				<Header app={app} width={columns} />
				<Box width={content.width} height={content.height} overflow="hidden">
					<View state={state} app={app} area={content} />
				</Box>
				<FlashLine app={app} width={columns} />
				<Hints app={app} width={columns} />
				{app.modal ? (
					<Box position="absolute" top={1} left={0} width={content.width} height={content.height}>
						<ModalLayer app={app} modal={app.modal} area={content} dispatch={(action) => store.dispatch(action)} />
					</Box>
				) : null}
			</Box>
		</LookContext.Provider>
	);
}
