/**
 * @module
 * The base paths of the APIs that a policy applies to: its rules are compared with what follows them. The entry of the
 * policy says them, or the address of the API instance around the policy does.
 */
import type { Problems } from '../../diagnostics/problem.ts';
import type { LocatedYaml } from '../../documents/located-yaml.ts';
import { readAddress } from './address.ts';
import { type CarriedPolicy, field } from './carriers.ts';

/**
 * In lower case. Empty if the rules compare whole paths; undefined if an error was reported.
 *
 * @param said by the entry of the policy
 */
export function readBasePaths(
  { address }: CarriedPolicy,
  said: readonly string[] | undefined,
  document: LocatedYaml,
  problems: Problems,
): readonly string[] | undefined {
  const ownText = address?.reduce<unknown>(field, document.value);
  const own = typeof ownText === 'string' ? readAddress(ownText) : undefined;
  const paths = said?.map((path) => path.replace(/\/+$/, '').toLowerCase());
  if (address === undefined || own === undefined) return withoutRoot(paths ?? []);
  if (paths !== undefined && own.isPlain && !paths.includes(own.basePath.toLowerCase())) {
    document.report(problems, address, 'flex.base-path', {
      message: 'This address has another base path than `flex.basePath` in the entry of the policy.',
      suggestion: 'Remove `flex.basePath` from the entry: the address says the base path.',
    });
    return undefined;
  }
  if (paths === undefined && !own.isPlain) {
    document.report(problems, address, 'flex.base-path', {
      message: 'The address has a base path with signs that servers treat in their own ways.',
      suggestion: 'Write a base path of letters, digits, `-`, `_`, `~` and single dots.',
    });
    return undefined;
  }
  return withoutRoot(paths ?? [own.basePath.toLowerCase()]);
}

/** The rules of an API without a base path compare whole paths. */
function withoutRoot(paths: readonly string[]): readonly string[] {
  return paths.every((path) => path === '') ? [] : paths;
}
