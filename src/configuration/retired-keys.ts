/**
 * @module
 * Retired keys of the configuration. They are read for one release, with a warning that says what to write instead.
 */
import type { Problems } from '../diagnostics/problem.ts';
import type { Configuration } from './configuration.ts';
import type { Settings } from './configuration-schema.ts';

interface Successor {
  readonly key: string;
  /** What to write for the value that the retired key has. */
  instead(settings: Settings): string;
}

interface RetiredKey {
  /** The keys from the top level to this one. */
  readonly path: readonly string[];
  /** The key that replaces it, or a suggestion if none does. */
  readonly by: Successor | { readonly suggestion: string };
}

const retiredKeys: readonly RetiredKey[] = [
  {
    path: ['drainSeconds'],
    by: {
      key: 'drain',
      instead: ({ drainSeconds = 0 }) =>
        `drain: { timeout: ${Number.isInteger(drainSeconds) ? `${drainSeconds}s` : `${Math.round(drainSeconds * 1000)}ms`} }`,
    },
  },
  {
    path: ['limits', 'threadSignatures'],
    by: { suggestion: 'Remove it. Use `workers` to use more cores.' },
  },
];

/**
 * Warns about retired keys. A retired key and its replacement together are an error, since only one can take effect.
 */
export function checkRetiredKeys({ document, settings }: Configuration, problems: Problems): void {
  if (settings === undefined) return;
  for (const { path, by } of retiredKeys) {
    if (!isWritten(document.value, path)) continue;
    const name = path.join('.');
    const isDoubled = 'key' in by && isWritten(document.value, [by.key]);
    document.report(problems, path, 'config.retired-key', {
      severity: isDoubled ? 'error' : undefined,
      ...('key' in by ? replaced(name, by, isDoubled, settings) : withoutEffect(name, by.suggestion)),
    });
  }
}

interface Advice {
  readonly message: string;
  readonly suggestion: string;
}

function replaced(name: string, { key, instead }: Successor, isDoubled: boolean, settings: Settings): Advice {
  if (isDoubled) {
    return { message: `\`${key}\` replaces \`${name}\`, but both are given.`, suggestion: `Remove \`${name}\`.` };
  }
  return { message: `\`${key}\` replaces \`${name}\`.`, suggestion: `Write \`${instead(settings)}\` instead.` };
}

function withoutEffect(name: string, suggestion: string): Advice {
  return { message: `\`${name}\` no longer has any effect.`, suggestion };
}

function isWritten(value: unknown, [key, ...rest]: readonly string[]): boolean {
  if (key === undefined) return true;
  return (
    typeof value === 'object' && value !== null && Object.hasOwn(value, key) && isWritten(Reflect.get(value, key), rest)
  );
}
