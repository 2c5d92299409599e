/**
 * @module
 * Keys of the configuration that another key has replaced: they are read for one release, with a warning that says what
 * to write instead.
 */
import type { Problems } from '../diagnostics/problem.ts';
import type { Configuration } from './configuration.ts';
import type { Settings } from './configuration-schema.ts';

interface RetiredKey {
  readonly key: keyof Settings;
  /** The key that replaces it. */
  readonly by: keyof Settings;
  /** What to write for the value that the retired key has. */
  instead(settings: Settings): string;
}

const retiredKeys: readonly RetiredKey[] = [
  {
    key: 'drainSeconds',
    by: 'drain',
    instead: ({ drainSeconds = 0 }) =>
      `drain: { timeout: ${Number.isInteger(drainSeconds) ? `${drainSeconds}s` : `${Math.round(drainSeconds * 1000)}ms`} }`,
  },
];

/** Warns about retired keys; one beside the key that replaces it is an error, since only one of them can count. */
export function checkRetiredKeys({ document, settings }: Configuration, problems: Problems): void {
  if (settings === undefined) return;
  const written = document.value as Readonly<Record<string, unknown>>;
  for (const { key, by, instead } of retiredKeys) {
    if (!Object.hasOwn(written, key)) continue;
    const isDoubled = Object.hasOwn(written, by);
    document.report(problems, [key], 'config.retired-key', {
      severity: isDoubled ? 'error' : 'warning',
      message: isDoubled ? `\`${by}\` replaces \`${key}\`, and both are given.` : `\`${by}\` replaces \`${key}\`.`,
      suggestion: isDoubled ? `Leave \`${key}\` out.` : `Write \`${instead(settings)}\` instead.`,
    });
  }
}
