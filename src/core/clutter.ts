/**
 * What is left out of a backup by name. Both lists are shown to people and can be switched on and off; a pattern such as
 * `!desktop.ini` brings a single name back.
 */

/** Left behind by systems, desktops and sync programs: nobody misses it after a restore. On by default. */
export const SYSTEM_CLUTTER: readonly string[] = [
	'lost+found',
	'.DS_Store',
	'@eaDir',
	'.Trashes',
	'.fseventsd',
	'.Spotlight-V100',
	'.DocumentRevisions-V100',
	'.TemporaryItems',
	'#recycle',
	'System Volume Information',
	'desktop.ini',
	'Thumbs.db',
	'.stfolder',
];

/** Made again by a tool from what stands beside it, or (`.git`) kept somewhere else as well. Off by default. */
export const DEVELOPER_CLUTTER: readonly string[] = ['node_modules', '.venv', '__pycache__', '.git'];

/**
 * A folder that holds a file of this name with this beginning is a cache: its content is left out together with the
 * system clutter, the folder itself and the tag are kept (https://bford.info/cachedir/).
 */
export const CACHEDIR_TAG = 'CACHEDIR.TAG';
export const CACHEDIR_SIGNATURE = 'Signature: 8a477f597d28d172789f06886806bc55';
