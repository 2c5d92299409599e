/**
 * @module
 * `import … from 'mintproc'`: the functions of the commands for a program (docs/library.md).
 *
 * What reads configurations is loaded at the first call, since a part of it sets globals when it is loaded.
 */
import { evaluateExpression } from './expressions.ts';
import type {
  ConfigurationOptions,
  ConfigurationResult,
  EvaluateOptions,
  EvaluateResult,
  PolicyOptions,
  PolicyResult,
  PolicyText,
} from './interface.ts';

export type * from './interface.ts';

/**
 * Loads a configuration and the files that it names, like `mintproc mint --config`: the TLS files of `listen` are not
 * read, and a policy may have keys that are not active now.
 *
 * @param file the path of `mintproc.yaml`
 * @throws TypeError (the promise is rejected) if an argument is not what its type says
 */
export async function loadConfiguration(
  file: string,
  options: ConfigurationOptions = {},
): Promise<ConfigurationResult> {
  const { configurationFrom } = await import('./load-configuration.ts');
  return configurationFrom(file, options);
}

/**
 * Loads one policy, like `mintproc mint --policy`.
 *
 * @param source the path of the policy's file (with `configuration`, also the name of an entry), or its text
 * @throws TypeError (the promise is rejected) if an argument is not what its type says
 */
export async function loadPolicy(source: string | PolicyText, options: PolicyOptions = {}): Promise<PolicyResult> {
  const { policyFrom } = await import('./load-policy.ts');
  return policyFrom(source, options);
}

/**
 * Evaluates an expression (the text between `#[` and `]`), as `mintproc eval` does.
 *
 * @throws TypeError if an option is not what its type says
 */
export function evaluate(expression: string, options: EvaluateOptions = {}): EvaluateResult {
  return evaluateExpression(expression, options, 'flex');
}
