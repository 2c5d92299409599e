/**
 * @module
 * The versions of the policy: 1.0.0 runs on the v5-compatible gateway, 2.x on the API Gateway.
 */
import type { Problems } from '../../diagnostics/problem.ts';
import type { LocatedYaml } from '../../documents/located-yaml.ts';
import type { YamlPath } from '../../documents/yaml-places.ts';
import type { Api } from './api.ts';
import type { Properties } from './schema.ts';

export interface Version {
  readonly name: 'v5' | 'api-gateway';
  /** The prefix of the token in the runtime variable (recorded gateways: 2.x writes `Bearer `, v5 only the token). */
  readonly variablePrefix: string;
}

const versions = {
  v5: { name: 'v5', variablePrefix: '' },
  'api-gateway': { name: 'api-gateway', variablePrefix: 'Bearer ' },
} as const satisfies Record<string, Version>;

/**
 * The version that the policy names, else that of the gateway that the file names, else 1.0.0, which is the version of
 * the page whose examples have no `version`.
 */
export function readVersion(
  { version, jwt }: Pick<Properties, 'version' | 'jwt'>,
  api: Api,
  document: LocatedYaml,
  path: YamlPath,
  problems: Problems,
): Version | undefined {
  if (version === undefined) {
    if (api.gateway === undefined && jwt !== undefined) {
      document.report(problems, path, 'datapower.version-matters', {
        message:
          'The policy has no `version`. Version 1.0.0 writes only the token to the variable; 2.x writes `Bearer ` and the token.',
        suggestion:
          'Write `version: 2.0.0` if the policy runs on the DataPower API Gateway. Without it, the policy is read as 1.0.0.',
      });
    }
    return versions[api.gateway ?? 'v5'];
  }
  if (/^1(?:\.\d+)*$/.test(version)) return versions.v5;
  if (/^2(?:\.\d+)*$/.test(version)) return versions['api-gateway'];
  document.report(problems, [...path, 'version'], 'policy.invalid-value', {
    message: 'This is not a known version of the policy.',
    suggestion: 'Write 1.0.0, 2.0.0 or 2.1.0.',
  });
  return undefined;
}
