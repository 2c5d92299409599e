/**
 * @module
 * What a resource says about where its policy applies, apart from the policy's own rules: the API instance, labels, the
 * upstream service and the order. In mintproc the routes of `mintproc.yaml` decide that, and this file says so.
 */
import { type Problems, problemAt } from '../../diagnostics/problem.ts';
import { nearest } from '../../diagnostics/suggest.ts';
import type { LocatedYaml } from '../../documents/located-yaml.ts';
import type { YamlPath } from '../../documents/yaml-places.ts';
import { type CarriedPolicy, field } from './carriers.ts';

export function checkBinding(carried: CarriedPolicy, document: LocatedYaml, problems: Problems): void {
  const { item, upstream } = carried;
  const value = item.reduce<unknown>(field, document.value);
  if (!carried.managed) checkNames(value, item, document, problems);
  checkTarget(field(value, 'targetRef'), [...item, 'targetRef'], document, problems);
  if (upstream !== undefined) {
    document.report(problems, upstream, 'flex.upstream', {
      message:
        'On the gateway only requests to this upstream service get a token; here every request of a route with the policy gets one.',
      suggestion: 'In mintproc.yaml, write a route that matches only the requests to this service.',
    });
  }
  if (field(value, 'order') !== undefined && field(value, 'order') !== null) {
    document.report(problems, [...item, 'order'], 'flex.order', {
      message: '`order` has no effect here: the policies of a route run in the order in which the route names them.',
    });
  }
}

/** What may be next to `config`; the rest is of a resource that is the policy itself, or names its version. */
export const knownKeys = ['config', 'rules', 'targetRef', 'order', 'policyRef'];
export const otherKeys: ReadonlySet<string> = new Set([
  'name',
  'label',
  'version',
  'groupId',
  'assetId',
  'apiVersion',
  'kind',
  'metadata',
  'spec',
]);

/** A misspelt `rules` would let every request get a token. */
function checkNames(value: unknown, at: YamlPath, document: LocatedYaml, problems: Problems): void {
  if (typeof value !== 'object' || value === null) return;
  for (const key of Object.keys(value)) {
    if (knownKeys.includes(key) || otherKeys.has(key)) continue;
    const guess = nearest(key, knownKeys);
    const details = {
      message: `${guess === undefined ? 'This key' : `\`${key}\``} next to \`config\` has no effect: mintproc does not know it.`,
      suggestion:
        guess === undefined
          ? `The known keys are: ${knownKeys.join(', ')}. Or remove it.`
          : `Did you mean \`${guess}\`?`,
    };
    problems.add(problemAt(document.source, document.keyOffsetOf([...at, key]), 'flex.unknown-key', details));
  }
}

function checkTarget(target: unknown, at: YamlPath, document: LocatedYaml, problems: Problems): void {
  if (target === undefined || target === null) return;
  if (field(target, 'selector') !== undefined) {
    document.report(problems, [...at, 'selector'], 'flex.target-selector', {
      message:
        'The gateway applies the policy to every API instance with these labels; mintproc knows no API instances.',
      suggestion: 'In mintproc.yaml, write a route with this policy for each of these APIs.',
    });
    return;
  }
  document.report(problems, at, 'flex.target', {
    message: '`targetRef` has no effect here: the routes of mintproc.yaml decide which requests get the token.',
  });
}
