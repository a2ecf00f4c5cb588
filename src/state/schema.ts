/**
 * The state database of a job: what every run stored, and where each file's bytes lie. One SQLite file per job.
 *
 * - A name is TEXT when it is valid UTF-8, else a BLOB of its bytes; the two never mean the same name.
 * - `dirs` is the tree of folder names, never versioned. The root ('' , the file system's /) is dir 1.
 * - `entries` holds one row per version of a file system object that lies in an archive. A version is current in the
 *   runs first..last, so an unchanged file costs no new row and every snapshot can still be listed. A row appears when
 *   the store has acknowledged the parts that hold it; it counts only once its archive is `stored`.
 * - `parts` and `planned` are the checkpoint of archives that are still open, and are emptied when one is stored;
 *   `index_pieces` live until the sidecar is stored.
 */

/** "Firn" in ASCII: tells our files from others (PRAGMA application_id). */
export const APPLICATION_ID = 0x4669726e;

/** `last` of a version that is still current. */
export const CURRENT = 2147483647;

/** Index is the version of the schema that the statements lead to; only ever appended to. */
export const MIGRATIONS: readonly string[] = [
	'',
	`
	CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

	CREATE TABLE runs (
		run INTEGER PRIMARY KEY,          -- 1, 2, 3 ... in order of start
		id TEXT NOT NULL UNIQUE,          -- folder of the run in the destination
		started INTEGER NOT NULL,         -- ms since 1970
		finished INTEGER,
		status TEXT NOT NULL CHECK (status IN ('running', 'stopped', 'failed', 'abandoned', 'complete', 'partial')),
		full INTEGER NOT NULL,            -- 1: unchanged files were packed too
		scanned INTEGER NOT NULL DEFAULT 0, -- 1: the scan had come to its end
		files INTEGER NOT NULL DEFAULT 0, -- of the snapshot: regular files and hard links
		bytes INTEGER NOT NULL DEFAULT 0,
		new_files INTEGER NOT NULL DEFAULT 0,
		new_bytes INTEGER NOT NULL DEFAULT 0,
		errors INTEGER NOT NULL DEFAULT 0,
		error TEXT                        -- why it failed, JSON of a PlainError
	) STRICT;

	CREATE TABLE archives (
		archive INTEGER PRIMARY KEY,
		run INTEGER NOT NULL REFERENCES runs,
		sequence INTEGER NOT NULL,        -- 1, 2, 3 ... within the run
		key TEXT NOT NULL UNIQUE,
		status TEXT NOT NULL CHECK (status IN ('open', 'stored', 'abandoned', 'missing', 'deleted')),
		compression TEXT NOT NULL,
		encrypted INTEGER NOT NULL,
		part_size INTEGER NOT NULL,
		upload_id TEXT,
		age_header BLOB,                  -- age header and payload nonce as they stand at the object's start
		frames BLOB,                      -- archive/frame-table.ts
		raw_size INTEGER,                 -- bytes of the TAR stream
		payload_size INTEGER,             -- after compression
		size INTEGER,                     -- bytes of the object
		crc32 INTEGER,                    -- of the object
		etag TEXT,
		storage_class TEXT,
		files INTEGER NOT NULL DEFAULT 0, -- regular files and hard links in it
		bytes INTEGER NOT NULL DEFAULT 0, -- their content
		stored INTEGER,                   -- ms since 1970 when the store confirmed it
		sidecar INTEGER NOT NULL DEFAULT 0, -- 1: its sidecar is stored
		UNIQUE (run, sequence)
	) STRICT;

	CREATE TABLE parts (
		archive INTEGER NOT NULL REFERENCES archives,
		number INTEGER NOT NULL,
		size INTEGER NOT NULL,
		acknowledged INTEGER NOT NULL,    -- 0: may have been sent, 1: the store has confirmed it
		final INTEGER NOT NULL,
		crc32 INTEGER NOT NULL,
		etag TEXT,
		fingerprint BLOB NOT NULL,        -- tells whether re-made bytes are the same (backup/pack/fingerprint)
		checkpoint BLOB,                  -- where to go on after this part; only of the newest few
		PRIMARY KEY (archive, number)
	) STRICT, WITHOUT ROWID;

	CREATE TABLE planned (
		archive INTEGER NOT NULL REFERENCES archives,
		batch INTEGER NOT NULL,
		data BLOB NOT NULL,               -- backup/plan/batch-codec.ts
		PRIMARY KEY (archive, batch)
	) STRICT, WITHOUT ROWID;

	CREATE TABLE index_pieces (
		archive INTEGER NOT NULL REFERENCES archives,
		number INTEGER NOT NULL,          -- of the part whose acknowledgement completed these entries
		data BLOB NOT NULL,               -- archive/sidecar.ts: a zstd frame of JSON lines; they become the sidecar
		PRIMARY KEY (archive, number)
	) STRICT, WITHOUT ROWID;

	CREATE TABLE dirs (
		dir INTEGER PRIMARY KEY,
		parent INTEGER NOT NULL,
		name ANY NOT NULL,
		UNIQUE (parent, name)
	) STRICT;
	INSERT INTO dirs VALUES (1, 0, '');

	CREATE TABLE entries (
		dir INTEGER NOT NULL,
		name ANY NOT NULL,
		first INTEGER NOT NULL,
		last INTEGER NOT NULL,
		type INTEGER NOT NULL,            -- index in core/entry.ts ENTRY_TYPES
		mode INTEGER NOT NULL,
		uid INTEGER NOT NULL,
		gid INTEGER NOT NULL,
		size INTEGER NOT NULL,
		mtime INTEGER NOT NULL,           -- ns since 1970
		ctime INTEGER NOT NULL,
		ino INTEGER NOT NULL,             -- as signed 64 bits
		link ANY,                         -- symlink target, or archive path of the first name of a hard link
		sha256 BLOB,                      -- of the content; files only
		archive INTEGER NOT NULL,
		offset INTEGER NOT NULL,          -- of its first TAR header block in the raw stream
		length INTEGER NOT NULL,          -- TAR bytes with headers and padding
		PRIMARY KEY (dir, name, first)
	) STRICT, WITHOUT ROWID;

	CREATE TABLE problems (
		run INTEGER NOT NULL,
		path ANY NOT NULL,
		code TEXT NOT NULL,
		message TEXT NOT NULL,
		PRIMARY KEY (run, path, code)
	) STRICT, WITHOUT ROWID;

	CREATE TABLE restores (
		id TEXT PRIMARY KEY,
		started INTEGER NOT NULL,
		finished INTEGER,
		status TEXT NOT NULL,
		spec TEXT NOT NULL                -- JSON: what was asked for; without identities
	) STRICT;
	`,
	`
	-- Who can open it: JSON of its age recipients, which the header itself does not tell. NULL where nobody wrote it down.
	ALTER TABLE archives ADD COLUMN recipients TEXT;
	`,
	`
	-- ms since 1970: the store has confirmed that the archive and its sidecar are gone. A deleted one without it is being deleted.
	ALTER TABLE archives ADD COLUMN deleted INTEGER;
	-- ms since 1970: last found in the store as it was sent; last read there as a whole and proven.
	ALTER TABLE archives ADD COLUMN seen INTEGER;
	ALTER TABLE archives ADD COLUMN proven INTEGER;

	-- What would be done to the store and to these books, until it is done or another plan of the kind is made.
	CREATE TABLE plans (
		plan TEXT PRIMARY KEY,
		kind TEXT NOT NULL,
		created INTEGER NOT NULL,
		revision TEXT NOT NULL,           -- of the books it was made from
		figures TEXT NOT NULL             -- JSON
	) STRICT;
	CREATE TABLE plan_items (
		plan TEXT NOT NULL REFERENCES plans,
		item INTEGER NOT NULL,
		kind TEXT NOT NULL,
		key ANY NOT NULL,                 -- of an object, or a path
		archive INTEGER,
		size INTEGER,
		details TEXT NOT NULL,            -- JSON
		PRIMARY KEY (plan, item)
	) STRICT, WITHOUT ROWID;
	`,
	`
	-- A snapshot that is not kept any more counts as abandoned; this is how it had ended.
	ALTER TABLE runs ADD COLUMN dropped TEXT CHECK (dropped IN ('complete', 'partial'));
	-- ms since 1970: its manifest is gone from the store. A dropped one without it is being dropped.
	ALTER TABLE runs ADD COLUMN forgotten INTEGER;
	`,
	`
	-- What it looked at: JSON of a RunScope (run-store.ts); NULL: all of the job.
	ALTER TABLE runs ADD COLUMN scope TEXT;
	`,
	`
	-- The objects of a mirror that is kept in a store, as they were sent; none for archives. Its entries have archive 0; of
	-- devices, offset and length are the two numbers.
	CREATE TABLE objects (
		key TEXT PRIMARY KEY,             -- mirror/object-key.ts
		size INTEGER NOT NULL,
		etag TEXT NOT NULL,               -- without quotes; '' where the store gives none
		crc32 INTEGER,
		stored INTEGER NOT NULL           -- ms since 1970 when the store confirmed it
	) STRICT, WITHOUT ROWID;
	`,
	`
	-- The page at which the store shows it (StoredObject.link); NULL where there is none.
	ALTER TABLE archives ADD COLUMN link TEXT;
	`,
	`
	-- Keys that a mirror has begun to send: the store may have them, though nothing was noted of it before the process died.
	CREATE TABLE sending (key TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
	`,
	`
	-- Uploads by parts that a mirror has under way, with the file as it was when they began.
	CREATE TABLE uploads (
		key TEXT PRIMARY KEY,
		upload TEXT NOT NULL,             -- the store's name for it
		part_size INTEGER NOT NULL,
		storage_class TEXT,
		size INTEGER NOT NULL,
		mtime INTEGER NOT NULL,           -- ns since 1970
		ctime INTEGER NOT NULL,
		ino INTEGER NOT NULL              -- as signed 64 bits
	) STRICT, WITHOUT ROWID;
	`,
	`
	-- Files of a mirror of plain files in a folder, as they were copied, or compared with their sources, last.
	CREATE TABLE copies (
		path BLOB PRIMARY KEY,            -- in the mirror
		size INTEGER NOT NULL,
		mtime INTEGER NOT NULL,           -- of the source; ns since 1970
		sha256 BLOB NOT NULL,
		bad INTEGER NOT NULL              -- 1: a verify has found something else there
	) STRICT, WITHOUT ROWID;
	`,
];
