/** When a hook runs, in the order of a run. `thaw`: archives that a restore has ordered can be read. */
export const HOOKS = ['before', 'after', 'success', 'failure', 'thaw'] as const;

export type HookName = (typeof HOOKS)[number];
