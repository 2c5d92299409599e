/**
 * @module
 * Retired keys of the configuration: they are read for one release, with a warning that says what to write instead.
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
  /** From the top of the file to the key. */
  readonly path: readonly string[];
  /** The key that replaces it; without one, `suggestion` says what serves its purpose. */
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
    by: { suggestion: 'Leave it out; `workers` uses more cores.' },
  },
];

/** Warns about retired keys; one beside the key that replaces it is an error, since only one of them can count. */
export function checkRetiredKeys({ document, settings }: Configuration, problems: Problems): void {
  if (settings === undefined) return;
  for (const { path, by } of retiredKeys) {
    if (!isWritten(document.value, path)) continue;
    const name = path.join('.');
    const isDoubled = 'key' in by && isWritten(document.value, [by.key]);
    document.report(problems, path, 'config.retired-key', {
      severity: isDoubled ? 'error' : 'warning',
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
    return { message: `\`${key}\` replaces \`${name}\`, and both are given.`, suggestion: `Leave \`${name}\` out.` };
  }
  return { message: `\`${key}\` replaces \`${name}\`.`, suggestion: `Write \`${instead(settings)}\` instead.` };
}

function withoutEffect(name: string, suggestion: string): Advice {
  return { message: `\`${name}\` has no effect any more.`, suggestion };
}

function isWritten(value: unknown, [key, ...rest]: readonly string[]): boolean {
  if (key === undefined) return true;
  return (
    typeof value === 'object' && value !== null && Object.hasOwn(value, key) && isWritten(Reflect.get(value, key), rest)
  );
}
