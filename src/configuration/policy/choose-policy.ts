/**
 * @module
 * Chooses the policy of a file that an entry means: the only one, or the one that `select` names.
 */
import { called, isPlainName, theyAre } from '../../diagnostics/harmless.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import { nearest } from '../../diagnostics/suggest.ts';
import type { FoundPolicy } from '../../dialects/policy-file.ts';
import type { WantedPolicy } from '../wanted-policy.ts';

/** Undefined if the file contains no policy, or `select` does not name exactly one, which is reported. */
export function choosePolicy(
  policies: readonly FoundPolicy[],
  source: SourceText,
  { settings, report }: WantedPolicy,
): FoundPolicy | undefined {
  const { select } = settings;
  const [first] = policies;
  const listed = policies.map(
    (policy, index) =>
      `${index + 1}${policy.names
        .filter(isPlainName)
        .map((name) => ` \`${name}\``)
        .join('')} in line ${lineOf(policy)}`,
  );
  if (select === undefined) {
    if (policies.length <= 1) return first;
    report(['file'], 'policy.several-policies', {
      message: `${source.file} contains ${policies.length} policies.`,
      suggestion: `Write \`select:\` with a number or name: ${listed.join(', ')}.`,
    });
    return undefined;
  }
  const chosen = policies.filter((policy, index) => select === index + 1 || policy.names.includes(String(select)));
  if (chosen.length === 1) return chosen[0];
  // A file without any policy was reported where it was read.
  if (policies.length === 0) return undefined;
  const guess = nearest(
    String(select),
    policies.flatMap((policy) => policy.names.filter(isPlainName)),
  );
  report(['select'], chosen.length === 0 ? 'config.invalid-value' : 'policy.several-policies', {
    message: `${chosen.length === 0 ? 'No policy' : 'More than one policy'} of ${source.file} has this name or number.`,
    suggestion:
      guess === undefined || chosen.length > 1
        ? `The policies are: ${listed.join(', ')}.`
        : `Did you mean \`${guess}\`?`,
  });
  return undefined;

  function lineOf(policy: FoundPolicy): number {
    return source.placeAt(policy.offset).line;
  }
}

/** Reports a `catalog` for which the policy's file has no values. */
export function checkCatalog({ catalogs }: FoundPolicy, { settings, report }: WantedPolicy): void {
  const { catalog } = settings;
  if (catalog === undefined) return;
  if (catalogs === undefined) {
    const message = 'Only policies of API Connect have catalogs, so `catalog` has no effect.';
    report(['catalog'], 'config.no-effect', { message, suggestion: 'Remove it.' });
    return;
  }
  if (catalogs.includes(catalog)) return;
  const guess = nearest(catalog, catalogs.filter(isPlainName));
  report(['catalog'], 'datapower.unknown-catalog', {
    message: `The file has no values for ${called('the catalog', catalog)}.`,
    suggestion:
      guess === undefined
        ? (theyAre('catalogs of the file', catalogs) ?? 'Remove `catalog`: the file has values for no catalog.')
        : `Did you mean \`${guess}\`?`,
  });
}
