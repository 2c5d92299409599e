/**
 * @module
 * Finds Flex policies in a file: a list item with `policyRef`, the policies of an `ApiInstance`, or a `PolicyBinding`.
 *
 * Only the path to the policy is read here, and leniently: the rest of such a resource is left to the gateway.
 */
import type { Problems } from '../../diagnostics/problem.ts';
import type { LocatedYaml } from '../../documents/located-yaml.ts';
import type { YamlPath } from '../../documents/yaml-places.ts';

export interface CarriedPolicy {
  /** The names by which a configuration may choose it: the name of the resource. */
  readonly names: readonly string[];
  /** The path to its `config`. */
  readonly config: YamlPath;
}

const policyName = 'jwt-generation-flex';

/** Every `jwt-generation-flex` in the document, in order. Policies with other names are ignored. */
export function findPolicies(document: LocatedYaml, problems: Problems): CarriedPolicy[] {
  return candidates(document.value).filter(({ name, at }) => {
    if (name === `${policyName}-v1-0`) {
      document.report(problems, at, 'policy.other-schema', {
        message: `This is \`${policyName}-v1-0\`, the vendor's custom-policy example with the fields privateKey, kid and jku.`,
        suggestion: `mintproc runs \`${policyName}\`, the policy that ships with Flex Gateway 1.12 and later.`,
      });
    }
    return name === policyName;
  });
}

interface Candidate extends CarriedPolicy {
  readonly name: unknown;
  /** The path to the name. */
  readonly at: YamlPath;
}

function candidates(value: unknown): Candidate[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => fromItem(item, [index], []));
  const spec = field(value, 'spec');
  const names = [field(field(value, 'metadata'), 'name')].filter((name) => typeof name === 'string');
  const policies = field(spec, 'policies');
  if (Array.isArray(policies))
    return policies.flatMap((item, index) => fromItem(item, ['spec', 'policies', index], names));
  if (field(spec, 'policyRef') !== undefined) return fromItem(spec, ['spec'], names);
  return fromItem(value, [], names);
}

/**
 * `policyRef: { name }` with `config` next to it. Real files also have an empty `policyRef:` with `name` and `config`
 * next to it, or with both inside it.
 */
function fromItem(item: unknown, path: YamlPath, names: readonly string[]): Candidate[] {
  if (typeof item !== 'object' || item === null || !('policyRef' in item)) return [];
  const reference = item.policyRef;
  const inside = field(reference, 'name');
  const name = inside ?? field(item, 'name');
  const at = inside === undefined ? [...path, 'name'] : [...path, 'policyRef', 'name'];
  const config = field(reference, 'config') === undefined ? [...path, 'config'] : [...path, 'policyRef', 'config'];
  return [{ name, at, names, config }];
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}
