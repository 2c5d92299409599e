/**
 * @module
 * Reports the keys of a source of the caller that no policy can use.
 */
import type { Problems } from '../diagnostics/problem.ts';
import { unusedKeys } from '../identity/unused-keys.ts';
import type { Configuration } from './configuration.ts';

export function checkSources({ settings, policies, document }: Configuration, problems: Problems): void {
  if (settings === undefined) return;
  const overrides = policies.flatMap(({ entry }) => entry.authentication?.as ?? []);
  for (const { path, as } of unusedKeys(settings.authentication, overrides)) {
    const key = String(path.at(-1));
    document.report(problems, path, 'identity.unused-key', {
      message:
        as === undefined
          ? `\`${key}\` has no effect: without \`as\`, \`authentication\` has no such member.`
          : `\`${key}\` has no effect on \`authentication\`: the object of \`as: ${as}\` takes nothing from it.`,
      suggestion: as === undefined ? 'Write `as:` with the policy that has it, or remove the key.' : 'Remove the key.',
    });
  }
}
